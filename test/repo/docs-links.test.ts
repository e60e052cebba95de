import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headingAnchors, linkTargets } from './markdown-page.ts';
import { repositoryFiles, repositoryPaths, type SourceFile } from './source-files.ts';

describe('links of the documents', () => {
  const files = repositoryFiles();
  const documents = files.filter(({ path }) => path.endsWith('.md'));
  const paths = repositoryPaths();

  it('lead to files of the repository and to headings in them', () => {
    expect(documents.length).toBeGreaterThan(8);
    expect(documents.flatMap(linksOf).length).toBeGreaterThan(40);
    expect(brokenLinks(documents, paths)).toEqual([]);
  });

  it.each([
    ['a file that does not exist', 'See [it](architecture-2.md).'],
    ['a heading that does not exist', '# One\n\nSee [it](#two).'],
    ['a heading that does not exist in another file', 'See [it](../README.md#nowhere).'],
  ])('are refused when they lead to %s', (_, text) => {
    const page = { path: 'docs/a.md', text };
    expect(brokenLinks([page, { path: 'README.md', text: '# dbsync' }], ['docs/a.md', 'README.md'])).toHaveLength(1);
  });

  it('may lead to a folder and to a heading', () => {
    const text = '# One `two`, three\n\n[a](#one-two-three) [b](adr/) [c](https://nodejs.org)';
    expect(brokenLinks([{ path: 'docs/a.md', text }], ['docs/adr/README.md'])).toEqual([]);
  });

  it('lead to a heading with letters of another language as GitHub makes its anchor', () => {
    const text = '# Instalación y más\n\n[a](#instalación-y-más)';
    expect(brokenLinks([{ path: 'docs/a.md', text }], [])).toEqual([]);
    expect(brokenLinks([{ path: 'docs/a.md', text: text.replace('(#instalación', '(#instalacin') }], [])).toHaveLength(
      1,
    );
  });
});

/** Returns the targets of the links, as written; links to other sites apart. */
function linksOf({ text }: SourceFile): readonly string[] {
  return linkTargets(text).filter((target) => !/^[a-z]+:/.test(target));
}

function brokenLinks(documents: readonly SourceFile[], paths: readonly string[]): readonly string[] {
  return documents.flatMap((document) =>
    linksOf(document)
      .filter((target) => !leadsSomewhere(document, target, documents, paths))
      .map((target) => `${document.path}: ${target}`),
  );
}

function leadsSomewhere(
  from: SourceFile,
  target: string,
  documents: readonly SourceFile[],
  paths: readonly string[],
): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from.path : posix.join(posix.dirname(from.path), file).replace(/\/$/, '');
  const exists = file === '' || paths.some((known) => known === path || known.startsWith(`${path}/`));
  if (heading === undefined || !exists) return exists;
  return documents.some((document) => document.path === path && headingAnchors(document.text).includes(heading));
}
