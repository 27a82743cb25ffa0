import { z } from 'kcigraph/adapter';

/** What a source of this adapter is configured with. */
export const options = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Where Acme answers, without `/api`.'),
  token: z.string().min(1).describe('Sent as a Bearer token.'),
});
export type AcmeOptions = z.output<typeof options>;
