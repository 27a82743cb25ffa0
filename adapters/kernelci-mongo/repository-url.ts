import { secureRepositoryUrl } from '../kit/normalise-url.ts';

const KERNEL_ORG = /^http:\/\/(?=([^/]*\.)?kernel\.org(\/|$))/;

/** The address of a repository as KCIDB takes it, by https; null for one that cannot be had so. */
export function repositoryUrl(raw: string | null): string | null {
  if (raw === null) return null;
  const url = secureRepositoryUrl(raw.trim()).replace(KERNEL_ORG, 'https://');
  return /^https:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(url) && URL.canParse(url) ? url : null;
}
