import { describe, expect, it } from 'vitest';
import { repositoryFiles, type SourceFile } from './source-files.ts';

/**
 * Matches the hosts that the repository may name: the API, loopback, names reserved for examples, pages it refers to, and
 * hosts in the names of formats.
 */
const HOSTS =
  /^(?:api\.dialfire\.com|localhost|127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?example(?:\.(?:com|org|net))?|.+\.(?:test|invalid|localhost)|nodejs\.org|json-schema\.org|www\.apple\.com|schemas\.microsoft\.com|www\.(?:postgresql|sqlite|freedesktop|standardwebhooks|w3)\.(?:org|com)|www\.rfc-editor\.org)$/;
/** Matches folders that exist on one machine only. */
const MACHINE_PATH = /(?<![\w.~}-])(?:\/(?:root|work|workspace|mnt|Users|home\/[a-z]+)\/|[A-Z]:\\\\?Users)/;
/** Matches references that a reader of the repository cannot follow. */
const REFERENCE = /\b(?:issue|ticket|PR) ?#?\d+\b|(?<=[\s(])#\d+\b/;
const ADDRESS = /\b(?:https?|wss?|ftp):\/\/(?:[^\s/@'"`<>]*@)?([\w.-]+|\[[\da-f:]+\])/gi;

describe('the repository', () => {
  const files = repositoryFiles().filter(({ path }) => path !== 'LICENSE');

  it('names no foreign host, no folder of one machine, no ticket', () => {
    expect(files.some(({ path }) => path === 'pnpm-lock.yaml')).toBe(true);
    expect(findings(files)).toEqual([]);
  });

  it.each([
    ['a registry', `resolved: https://${'registry'}.npmjs.org/got`],
    ['an address with credentials', `https://${'user'}:secret@mirror.internal/npm`],
    ['a home folder', `open ${'/home'}/somebody/dbsync`],
    ['a work folder', `see "${'/work'}/main/docs"`],
    ['a home folder of Windows', `C:${'\\Users'}\\somebody`],
    ['a ticket', `mended in ${'issue'} 3`],
    ['a pull request', `see (${'#'}12)`],
  ])('refuses %s', (_, text) => {
    expect(findings([{ path: 'docs/a.md', text }])).toHaveLength(1);
  });

  it('takes loopback, examples and relative folders', () => {
    const text =
      'http://127.0.0.1:80/ https://api.dialfire.com/api postgres://u:p@db.example.com/x $HOME/.dbsync docs/work/a #heading';
    expect(findings([{ path: 'docs/a.md', text }])).toEqual([]);
  });
});

function findings(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    /** A name without a dot is no host of the network. */
    const hosts = [...text.matchAll(ADDRESS)]
      .map((match) => (match[1] ?? '').replace(/\.$/, ''))
      .filter((host) => host.includes('.'));
    const found = [
      ...hosts.filter((host) => !HOSTS.test(host)),
      ...[MACHINE_PATH, REFERENCE].flatMap((pattern) => pattern.exec(text)?.[0] ?? []),
    ];
    return [...new Set(found)].map((what) => `${path}: ${what}`);
  });
}
