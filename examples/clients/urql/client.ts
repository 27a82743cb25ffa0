import { Client, cacheExchange, fetchExchange } from '@urql/core';

/** A urql client as kcigraph likes to be asked. `endpoint` is such as `http://127.0.0.1:4000/graphql`. */
export function createClient(endpoint: string): Client {
  return new Client({
    url: endpoint,
    exchanges: [cacheExchange, fetchExchange],
    // Queries that fit a URL go by GET, which browsers and proxies can keep.
    preferGetMethod: 'within-url-limit',
    // Without the header a GET is refused: any page could have a browser send it.
    fetchOptions: { headers: { 'apollo-require-preflight': 'true' } },
  });
}
