// `node scripts/print-language-skeleton.ts es` brings the catalogues of a language up to date: each key that is missing is added with an
// empty text, a key that is gone is removed, and what is translated stays.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorCodes } from '@dbsync/core/contract';
import { helpTexts, packagesFolder } from './help-texts.ts';
import { readErrorCodes } from './print-errors.ts';

type Catalogue = Readonly<Record<string, unknown>>;

/** Returns the files of a language that all packages must have, by their path below `packages/`, with the texts that they have now. */
export async function languageFiles(language: string): Promise<ReadonlyMap<string, Catalogue>> {
  const files = new Map<string, Catalogue>();
  for (const [folder, codes] of await readErrorCodes()) {
    const path = join(folder, 'languages', language, 'errors.json');
    const former = readCatalogue(path);
    files.set(path, errorSkeleton(codes, former));
  }
  for (const [folder, texts] of await helpTexts()) {
    if (texts.length === 0) continue;
    const path = join(folder, 'languages', language, 'help.json');
    const former = readCatalogue(path);
    files.set(path, Object.fromEntries(texts.map((text) => [text, textOf(former[text])])));
  }
  return files;
}

function errorSkeleton(codes: ErrorCodes, former: Catalogue): Catalogue {
  const entries = Object.entries(codes).map(([code, { normal }]) => {
    const had = Object(former[code]);
    return [
      code,
      { what: textOf(had.what), normal: normal === null ? null : textOf(had.normal), remedy: textOf(had.remedy) },
    ];
  });
  return Object.fromEntries(entries);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readCatalogue(path: string): Catalogue {
  const file = join(packagesFolder, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

if (import.meta.main) {
  const language = process.argv[2] ?? '';
  if (!/^[a-z]{2}$/.test(language)) throw new Error('Name a language by its two letters, such as es.');
  for (const [path, catalogue] of await languageFiles(language)) {
    const file = join(packagesFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
    const empty = JSON.stringify(catalogue).split('""').length - 1;
    console.log(`${path}: ${Object.keys(catalogue).length} keys, ${empty} texts are missing`);
  }
}
