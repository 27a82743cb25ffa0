/** The origin that an id names: what stands before its first colon. */
export function ownerOf(id: string): string {
  const colon = id.indexOf(':');
  return colon === -1 ? id : id.slice(0, colon);
}
