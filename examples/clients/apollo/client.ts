import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

/** An Apollo Client as kcigraph likes to be asked. `endpoint` is such as `http://127.0.0.1:4000/graphql`. */
export function createClient(endpoint: string): ApolloClient {
  const persisted = new PersistedQueryLink({
    // In a page: crypto.subtle.digest, or the package crypto-hash.
    sha256: (query) => createHash('sha256').update(query).digest('hex'),
    // A hash fits a URL, and what is asked by GET can be kept by browsers and proxies.
    useGETForHashedQueries: true,
  });
  const http = new HttpLink({
    uri: endpoint,
    // Without it a GET is refused: any page could have a browser send it.
    headers: { 'apollo-require-preflight': 'true' },
  });
  return new ApolloClient({
    link: ApolloLink.from([persisted, http]),
    // The `id` of an issue is that of all its versions; `nodeId` names one object of all types.
    cache: new InMemoryCache({
      dataIdFromObject: ({ nodeId }) => (typeof nodeId === 'string' ? nodeId : undefined),
    }),
  });
}
