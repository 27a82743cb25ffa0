const PROJECT = 'kcigraph';

/**
 * What we call ourselves: always with the project's name, and with what the configuration says of who runs it. Sources
 * that are asked by many want to know whom to write to.
 */
export function userAgentOf(configured: string | undefined): string {
  // What no header can hold is left out.
  const text = (configured ?? '').replace(/[^\x20-\x7e]/g, '').trim();
  if (text === '') return PROJECT;
  return text.toLowerCase().includes(PROJECT) ? text : `${PROJECT} (${text.replace(/[()]/g, '')})`;
}
