import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/** A name that a module exports. */
export interface ExportedName {
  /** The file with its declaration. */
  readonly path: string;
  /** The name that importers use. */
  readonly name: string;
  /** The keyword of the declaration, such as `function`; `unknown` for a declaration that was not found. */
  readonly kind: string;
  readonly documented: boolean;
}

const RE_EXPORT = /^export\s+(?:type\s+)?(\*|\{[^}]*\})\s+from\s+'(\.[^']+)'/gm;
const PACKAGE_RE_EXPORT = /^export\s+\*\s+from\s+'([^.'][^']*)'/gm;
const DECLARATION =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function|const|let|class|interface|type)\*?\s+([\w$]+)/gm;
const DOC_COMMENT_BEFORE = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/;

/** Returns all names that a module exports, followed through its re-exports to the declarations. */
export function exportsOf(path: string, files: readonly SourceFile[]): readonly ExportedName[] {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) return [{ path, name: 'a file that does not exist', kind: 'unknown', documented: false }];
  const text = onlyParts(file.text, 'code', 'string');
  const own = [...text.matchAll(DECLARATION)].map(({ index, 1: kind = '', 2: name = '' }) => ({
    path,
    name,
    kind,
    documented: DOC_COMMENT_BEFORE.test(file.text.slice(0, index)),
  }));
  const others = [...text.matchAll(RE_EXPORT)].flatMap(({ 1: what = '', 2: from = '' }) => {
    const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts');
    const all = exportsOf(target, files);
    return what === '*' ? all : namesIn(what).map(({ own, given }) => ({ ...pick(all, target, own), name: given }));
  });
  const packages = [...text.matchAll(PACKAGE_RE_EXPORT)].map(({ 1: from = '' }) => ({
    path,
    name: from,
    kind: 'all that this package exports',
    documented: true,
  }));
  return [...own, ...others, ...packages];
}

/**
 * Picks a declaration. Overloads, and a type beside a value of one name, are one export: a comment above one of them is
 * enough.
 */
function pick(all: readonly ExportedName[], path: string, name: string): ExportedName {
  const found = all.filter((candidate) => candidate.name === name);
  return found.find(({ documented }) => documented) ?? found[0] ?? { path, name, kind: 'unknown', documented: false };
}

function namesIn(list: string): readonly { readonly own: string; readonly given: string }[] {
  return list
    .slice(1, -1)
    .split(',')
    .map((item) => item.trim().replace(/^type\s+/, ''))
    .filter((item) => item !== '')
    .map((item) => {
      const [own = '', given = own] = item.split(/\s+as\s+/);
      return { own, given };
    });
}
