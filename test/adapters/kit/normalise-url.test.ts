import { describe, expect, it } from 'vitest';
import { normaliseUrl, secureRepositoryUrl } from '../../../adapters/contract/time-and-url.ts';

describe('repository URLs', () => {
  it.each([
    'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
    'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux',
    'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/',
    'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux//',
    'git://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git',
    'http://GIT.kernel.org/pub/scm/linux/kernel/git/torvalds/linux',
  ])('%s is one with the others of its kind', (url) => {
    expect(normaliseUrl(url)).toBe('https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux');
  });

  it('of other hosts keep their scheme, and all keep the case of their path', () => {
    expect(normaliseUrl('git://git.example.org/Linux.git')).toBe('git://git.example.org/Linux');
    expect(normaliseUrl('http://notkernel.org/a')).toBe('http://notkernel.org/a');
    expect(normaliseUrl('git@host:a.git')).toBe('git@host:a.git');
  });

  it('with very many slashes are compared in linear time', () => {
    const started = performance.now();
    expect(normaliseUrl(`https://a/${'/'.repeat(1_000_000)}x`)).toHaveLength(1_000_011);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('become https where they were git, for KCIDB', () => {
    expect(secureRepositoryUrl('git://git.kernel.org/a.git')).toBe('https://git.kernel.org/a.git');
    expect(secureRepositoryUrl('https://a/git://b')).toBe('https://a/git://b');
  });
});
