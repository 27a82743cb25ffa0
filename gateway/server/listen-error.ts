/** Why an address cannot be listened on, in one sentence for the person who starts the server. */
export function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  return new Error(sentence(error, host, port), { cause: error });
}

function sentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another process: stop it, or choose another port with --port.`;
    case 'EACCES':
      return `Port ${port} on ${host} needs rights that this process does not have: choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}: set listen.host to one that it has, such as 127.0.0.1.`;
    default:
      return `The server cannot listen on port ${port} of ${host}: ${error.message}.`;
  }
}
