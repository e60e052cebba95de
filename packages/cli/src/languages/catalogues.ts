import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SinkPlugin } from '@dbsync/core/cli-kit';
import { ownFolder } from '../own-folder.js';

/** The meaning and the remedy of an error code, in another language. */
export interface Explanation {
  readonly what: string;
  readonly remedy: string;
}

/** The texts of one language, from the catalogues of several packages. */
export interface Catalogues {
  /** Returns the text for an English one; null: no catalogue has it. */
  text(english: string): string | null;
  explanation(code: string): Explanation | null;
}

type Texts = Readonly<Record<string, unknown>>;

/**
 * Reads the catalogues of the command, of core and of the sinks, each file at its first use. The first package that has a text
 * gives it. A file that is missing or broken has no texts: the reader gets English.
 *
 * @param installed the sinks whose texts of the help are wanted
 * @param atWork the sinks whose codes are explained: another sink may have a code of the same name
 */
export function openCatalogues(
  language: string,
  installed: readonly SinkPlugin[],
  atWork: readonly SinkPlugin[],
): Catalogues {
  const read = (name: string, plugins: readonly SinkPlugin[]): readonly Texts[] =>
    [...ownFolders(), ...plugins.flatMap(foldersOf)].map((folder) => readTexts(join(folder, language, name)));
  let help: readonly Texts[] | null = null;
  let errors: readonly Texts[] | null = null;
  return {
    text(english) {
      help ??= read('help.json', installed);
      const text = firstOf(help, english);
      return isText(text) ? text : null;
    },
    explanation(code) {
      errors ??= read('errors.json', atWork);
      const { what, remedy } = Object(firstOf(errors, code));
      return isText(what) && isText(remedy) ? { what, remedy } : null;
    },
  };
}

function firstOf(catalogues: readonly Texts[], key: string): unknown {
  return catalogues.find((texts) => Object.hasOwn(texts, key))?.[key];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function ownFolders(): readonly string[] {
  return [fileURLToPath(new URL('languages/', ownFolder)), ...folderOfPackage(import.meta.url, '@dbsync/core')];
}

/** Returns the folders that the manifest of a sink names: in its package, or those of packages that it needs. */
function foldersOf({ directory, manifest }: SinkPlugin): readonly string[] {
  return (manifest.languages ?? []).flatMap((target) =>
    target.startsWith('./') ? [join(directory, target)] : folderOfPackage(join(directory, 'package.json'), target),
  );
}

/** Returns the folder `languages` of a package, as Node.js finds it from there; none where it is not installed. */
function folderOfPackage(from: string, name: string): readonly string[] {
  try {
    return [join(dirname(createRequire(from).resolve(`${name}/package.json`)), 'languages')];
  } catch {
    return [];
  }
}

function readTexts(file: string): Texts {
  try {
    return Object(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
