import { rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeConformance, type OpenSubject, openSubject } from '../../../adapters/kit/conformance/conformance.ts';
import { adapter } from '../../../adapters/template/adapter.ts';
import { ISSUES_OF_REVISION, knownObjects } from '../../support/known-objects.ts';
import { DocumentServer } from './document-server.ts';
import { documentOf, folderOf } from './known-files.ts';

const ABOUT = { known: knownObjects(), children: { issuesOfRevision: ISSUES_OF_REVISION } };

describe.each(['keyset', 'offset', 'full'] as const)('a folder, paged as a source of the kind %s', (paging) => {
  let folder = '';
  let subject: OpenSubject;
  afterAll(async () => {
    await subject.close();
    await rm(folder, { recursive: true });
  });
  describeConformance({ describe, it, beforeAll }, 'keeps the contract', async () => {
    folder = await folderOf(knownObjects());
    const away = async () => {
      await rename(folder, `${folder}-away`);
      await delay(400);
      return () => rename(`${folder}-away`, folder).then(() => delay(400));
    };
    subject = await openSubject(adapter, { path: folder, paging, rescan: 100 }, { ...ABOUT, breakSource: away });
    return subject;
  });
});

describe('a URL', () => {
  const server = new DocumentServer();
  let subject: OpenSubject;
  afterAll(async () => {
    await subject.close();
    await server.close();
  });
  describeConformance({ describe, it, beforeAll }, 'keeps the contract', async () => {
    server.body = documentOf(knownObjects());
    await server.listen();
    const down = async () => {
      await server.close();
      return () => server.listen();
    };
    // Asked each time, so that the suite sees what a call costs.
    subject = await openSubject(adapter, { url: server.url, freshness: 0 }, { ...ABOUT, breakSource: down });
    return subject;
  });
});

describe('without any filter of its own', () => {
  let folder = '';
  let subject: OpenSubject;
  afterAll(async () => {
    await subject.close();
    await rm(folder, { recursive: true });
  });
  const only = ['capabilities', 'paging', 'filters', 'relation-filters', 'lookup-equals-list', 'counts'];
  describeConformance(
    { describe, it, beforeAll },
    'keeps the contract',
    async () => {
      folder = await folderOf(knownObjects());
      subject = await openSubject(adapter, { path: folder, filters: 'none' }, ABOUT);
      return subject;
    },
    { only },
  );
});
