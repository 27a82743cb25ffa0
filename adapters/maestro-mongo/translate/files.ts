import { FORMATS } from '../../kit/kcidb/formats.ts';
import type { Resource } from '../../model.ts';

type Artifacts = Readonly<Record<string, string>>;
type Tell = (what: string) => void;

/** The artifacts as files but for those that have a field of their own; null where there are none at all. */
export function filesOf(
  artifacts: Artifacts | null,
  except: readonly string[],
  tell: Tell,
): readonly Resource[] | null {
  if (artifacts === null) return null;
  return Object.keys(artifacts).flatMap((artifact) => {
    if (except.includes(artifact)) return [];
    const url = urlOf(artifacts, artifact, tell);
    // A slash is not allowed in the name of a file, and an empty name is none.
    const name = artifact.replaceAll('/', '_');
    return url === null || name === '' ? [] : [{ name, url }];
  });
}

/** The address of an artifact; null where there is none, or none that KCIDB's rules know as a URL. */
export function urlOf(artifacts: Artifacts | null, name: string, tell: Tell): string | null {
  const url = artifacts !== null && Object.hasOwn(artifacts, name) ? artifacts[name] : undefined;
  if (url === undefined) return null;
  if (FORMATS.uri(url)) return url;
  tell(`has an artifact "${name.slice(0, 40)}" whose address is no URL: it is left out`);
  return null;
}
