import type { Call } from '../contract/adapter.ts';
import { isExactInteger } from '../contract/exact-json.ts';
import type { Checkout, Json, JsonObject, Resource } from '../contract/model.ts';
import { secureRepositoryUrl } from '../contract/time-and-url.ts';
import { FORMATS } from '../kit/kcidb/formats.ts';
import { booleanOf, textOf, toJson } from '../kit/mongo/documents.ts';
import type { Ids } from './ids.ts';
import { invalidNode, type MaestroNode, type Result } from './node.ts';
import { pickFields } from './projections.ts';
import type { Suites } from './suites.ts';

/** The configuration that translations need. */
export interface TranslationContext {
  readonly ids: Ids;
  readonly suites: Suites;
  /** Addresses of the labs' servers, by runtime. */
  readonly labs: Readonly<Record<string, string>>;
  /** The URL of a node's page without the id at its end. */
  readonly viewer: string;
}

/** The part of a call that translations need. */
export type TranslationCall = Pick<Call, 'fields' | 'warn'>;

/** Returns a function that warns of a fault of a node. */
export function warnerOf(id: string, { warn }: TranslationCall): (what: string) => void {
  return (what) => warn(invalidNode(id, what));
}

type Artifacts = Readonly<Record<string, string>>;
type Warn = (what: string) => void;

/** The artifacts as files, except those with their own field; null without artifacts. */
export function filesOf(
  artifacts: Artifacts | null,
  except: readonly string[],
  warn: Warn,
): readonly Resource[] | null {
  if (artifacts === null) return null;
  return Object.keys(artifacts).flatMap((artifact) => {
    if (except.includes(artifact)) return [];
    const url = urlOf(artifacts, artifact, warn);
    // File names must not be empty or contain a slash.
    const name = artifact.replaceAll('/', '_');
    return url === null || name === '' ? [] : [{ name, url }];
  });
}

/** The URL of an artifact; null if it is absent or not valid by KCIDB's rules. */
export function urlOf(artifacts: Artifacts | null, name: string, warn: Warn): string | null {
  const url = artifacts !== null && Object.hasOwn(artifacts, name) ? artifacts[name] : undefined;
  if (url === undefined) return null;
  if (FORMATS.uri(url)) return url;
  warn(`has an artifact "${name.slice(0, 40)}" whose address is no URL: it is left out`);
  return null;
}

/** Members with KernelCI's own names. Nulls are removed at any depth; empty lists remain. */
export function miscOf(members: Readonly<Record<string, unknown>>): JsonObject {
  const json = withoutNulls(toJson(members));
  return typeof json === 'object' && json !== null && !isList(json) ? json : {};
}

/** Recursion is bounded, because `toJson` cuts deep nesting. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null || isExactInteger(value)) return value;
  if (isList(value)) return value.map(withoutNulls);
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The URLs of labs' LAVA servers, as in KernelCI's pipeline. */
export const LAVA_LABS: Readonly<Record<string, string>> = {
  'lava-baylibre': 'https://lava.baylibre.com/',
  'lava-broonie': 'https://lava.sirena.org.uk/',
  'lava-cip': 'https://lava.ciplatform.org/',
  'lava-clabbe': 'https://lava.montjoie.ovh/',
  'lava-collabora': 'https://lava.collabora.dev/',
  'lava-collabora-staging': 'https://staging.lava.collabora.dev/',
  'lava-foundriesio': 'https://lava.infra.foundries.io',
  'lava-kontron': 'https://lavalab.kontron.com',
  'lava-pengutronix': 'https://lava.pengutronix.de',
};

/** The lab of a runtime; null for builders and containers. */
export function labOf(runtime: string | null): string | null {
  return runtime !== null && /^(lava|pull)-/.test(runtime) ? runtime : null;
}

/** The URL of a job at its lab; null if the lab's URL is not known. */
export function jobUrl(labs: Readonly<Record<string, string>>, runtime: string | null, job: string): string | null {
  const lab = runtime !== null && Object.hasOwn(labs, runtime) ? labs[runtime] : undefined;
  return lab === undefined ? null : new URL(`/scheduler/job/${encodeURIComponent(job)}`, lab).href;
}

/** The bridge sends this value for all nodes. */
const SUBMITTED_BY = 'kernelci-pipeline';

/** Whether the code could be checked out, with the same values as the bridge. */
const VALID: Readonly<Record<Result, boolean | null>> = { pass: true, fail: false, incomplete: false, skip: null };

/** Translates a checkout, including that of a patch set. Null without a revision. */
export function translateCheckout(
  node: MaestroNode,
  context: TranslationContext,
  call: TranslationCall,
): Checkout | null {
  const { revision } = node;
  const warn = warnerOf(node.id, call);
  if (revision === null) {
    warn('is a checkout without a revision: it is left out');
    return null;
  }
  const commit = textOf(revision.commit)?.toLowerCase() ?? null;
  const isHash = commit === null || /^[0-9a-f]{40}$/.test(commit);
  if (!isHash) warn(`has a commit that is no hash: "${commit.slice(0, 45)}"`);
  const checkout: Checkout = {
    id: context.ids.ofNode(node.id),
    origin: context.ids.origin,
    timestamp: node.updated,
    treeName: textOf(revision.tree),
    gitRepositoryUrl: repositoryUrl(textOf(revision.url)),
    gitCommitHash: isHash ? commit : null,
    gitCommitName: textOf(revision.describe),
    gitCommitTags: textsOf(revision.commit_tags),
    gitCommitMessage: textOf(revision.commit_message),
    gitRepositoryBranch: textOf(revision.branch),
    gitRepositoryBranchTip: booleanOf(revision.tip_of_branch),
    patchsetFiles: null,
    // The same as in the bridge's reports, for patch sets too: two reports of one checkout must have the same revision.
    patchsetHash: '',
    messageId: null,
    comment: null,
    startTime: node.created,
    originBuildsFinishTime: null,
    originTestsFinishTime: null,
    logUrl: null,
    logExcerpt: null,
    valid: node.result === null ? null : VALID[node.result],
    misc: { submitted_by: SUBMITTED_BY },
  };
  return pickFields<'checkout'>(checkout, call.fields);
}

/** KCIDB accepts https only. */
function repositoryUrl(url: string | null): string | null {
  const secure = url === null ? null : secureRepositoryUrl(url);
  return secure?.startsWith('https://') === true && FORMATS.uri(secure) ? secure : null;
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : null;
}
