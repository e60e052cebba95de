import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/** One import or re-export of a module. */
export interface ModuleImport {
  readonly from: string;
  /** The path of a file of the repository, or the name of a package as it was written. */
  readonly to: string;
}

const STATIC = /^\s*(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
const DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1/g;

export function importsOf(file: SourceFile): readonly ModuleImport[] {
  const text = onlyParts(file.text, 'code', 'string');
  return [...text.matchAll(STATIC), ...text.matchAll(DYNAMIC)].map((match) => ({
    from: file.path,
    to: resolveSpecifier(file.path, match[2] ?? ''),
  }));
}

function resolveSpecifier(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
