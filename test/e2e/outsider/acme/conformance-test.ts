import { describeConformance, type OpenSubject, openSubject } from 'kcigraph/conformance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { adapter } from './adapter.ts';

let subject: OpenSubject;
afterAll(() => subject.close());

describeConformance({ describe, it, beforeAll }, 'the adapter contract', async () => {
  subject = await openSubject(adapter, { url: process.env.ACME_URL, token: 'let-me-in' });
  return subject;
});
