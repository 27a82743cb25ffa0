/** The gateway cannot be started, or not by that configuration: its message is a whole sentence for the operator. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
}
