import { type Json, type JsonObject, SourceError } from '../../kit/author.ts';
import { FieldReader, isObject, type Warn } from './field-reader.ts';
import { otherVersion } from './read-group.ts';

/** A bug's page. Times are in the form of the model; what the source did not say is null. */
export interface Bug {
  readonly id: string;
  readonly title: string | null;
  readonly status: string | null;
  readonly firstCrash: string | null;
  readonly lastCrash: string | null;
  readonly fixTime: string | null;
  readonly closeTime: string | null;
  readonly fixCommits: readonly JsonObject[];
  readonly causeCommit: JsonObject | null;
  readonly discussions: readonly string[];
  readonly crashes: readonly Crash[];
}

/** One crash as it stands on the page of its bug: links, and no time. */
export interface Crash {
  readonly title: string | null;
  readonly syzReproducer: string | null;
  readonly cReproducer: string | null;
  readonly reproOpts: string | null;
  readonly kernelConfig: string | null;
  readonly kernelSourceGit: string | null;
  readonly kernelSourceCommit: string | null;
  readonly syzkallerGit: string | null;
  readonly syzkallerCommit: string | null;
  readonly compilerDescription: string | null;
  readonly architecture: string | null;
  readonly crashReportLink: string | null;
}

const COMMIT_FIELDS = ['title', 'link', 'hash', 'repo', 'branch', 'author', 'author-name', 'date'];

/** @throws {SourceError} where the whole cannot be understood; a field or a crash that cannot is told and left out */
export function readBug(body: Json, what: string, warn: Warn): Bug {
  if (!isObject(body)) throw notABug(body, what);
  if (body.version !== 1) throw otherVersion(body.version ?? null, what);
  const { id } = body;
  if (typeof id !== 'string' || !/^[0-9a-f]{40}$/.test(id)) throw notABug(body, what);
  const fields = new FieldReader(body, `syzbot:${id}`, warn);
  const cause = fields.object('cause-commit');
  return {
    id,
    title: fields.text('title'),
    status: fields.text('status'),
    firstCrash: fields.time('first-crash'),
    lastCrash: fields.time('last-crash'),
    fixTime: fields.time('fix-time'),
    closeTime: fields.time('close-time'),
    fixCommits: fields.objects('fix-commits').map((commit) => readCommit(commit, id, warn)),
    causeCommit: cause === null ? null : readCommit(cause, id, warn),
    discussions: fields.texts('discussions'),
    crashes: fields.objects('crashes').map((crash) => readCrash(crash, id, warn)),
  };
}

/** As the source names its fields, without those that are empty or not understood. */
function readCommit(commit: JsonObject, id: string, warn: Warn): JsonObject {
  const fields = new FieldReader(commit, `a commit of syzbot:${id}`, warn);
  const read = COMMIT_FIELDS.map((name) => [name, name === 'hash' ? fields.hash(name) : fields.text(name)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== null));
}

function readCrash(crash: JsonObject, id: string, warn: Warn): Crash {
  const fields = new FieldReader(crash, `a crash of syzbot:${id}`, warn);
  return {
    title: fields.text('title'),
    syzReproducer: fields.text('syz-reproducer'),
    cReproducer: fields.text('c-reproducer'),
    reproOpts: fields.text('repro-opts'),
    kernelConfig: fields.text('kernel-config'),
    kernelSourceGit: fields.text('kernel-source-git'),
    kernelSourceCommit: fields.hash('kernel-source-commit'),
    syzkallerGit: fields.text('syzkaller-git'),
    syzkallerCommit: fields.text('syzkaller-commit'),
    compilerDescription: fields.text('compiler-description'),
    architecture: fields.text('architecture'),
    crashReportLink: fields.text('crash-report-link'),
  };
}

function notABug(body: Json, what: string): SourceError {
  const shown = JSON.stringify(body).slice(0, 120);
  return new SourceError('SOURCE_BAD_DATA', `${what} is no bug, which has an "id" of 40 hexadecimal digits: ${shown}.`);
}
