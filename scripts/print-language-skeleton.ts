// `node scripts/print-language-skeleton.ts es` brings the catalogues of a language up to date: each key that is missing is added with an
// empty text, a key that is gone is removed, and what is translated stays. An error whose English text has changed since its translation gets empty
// texts again: `scripts/translated-from/` has a digest of each text that was translated. With `keep` as a second word all texts stay: they fit
// the English ones as they are now.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorCode, ErrorCodes } from '@dbsync/core/contract';
import { packagesFolder } from './command-sources.ts';
import { helpTexts } from './help-texts.ts';
import { readErrorCodes } from './print-errors.ts';

type Catalogue = Readonly<Record<string, unknown>>;
/** The digest of each error's English text, by its code. */
type Digests = Readonly<Record<string, string>>;

/**
 * Returns the files of a language that all packages must have, by their path below `packages/`, with the texts that they have now.
 *
 * @param origin the English texts that were translated; a text whose English one is another now is empty
 */
export async function languageFiles(language: string, origin: Digests = {}): Promise<ReadonlyMap<string, Catalogue>> {
  const files = new Map<string, Catalogue>();
  for (const [folder, codes] of await readErrorCodes()) {
    const path = join(folder, 'languages', language, 'errors.json');
    const former = readCatalogue(path);
    files.set(path, errorSkeleton(codes, former, origin));
  }
  for (const [folder, texts] of await helpTexts()) {
    if (texts.length === 0) continue;
    const path = join(folder, 'languages', language, 'help.json');
    const former = readCatalogue(path);
    files.set(path, Object.fromEntries(texts.map((text) => [text, textOf(former[text])])));
  }
  return files;
}

/** Returns the entries of these codes with their texts. Those are empty where the English text is no more the one that was translated. */
export function errorSkeleton(codes: ErrorCodes, former: Catalogue, origin: Digests): Catalogue {
  const entries = Object.entries(codes).map(([code, english]) => {
    const isChanged = Object.hasOwn(origin, code) && origin[code] !== digestOf(english);
    const had = isChanged ? {} : Object(former[code]);
    const normal = english.normal === null ? null : textOf(had.normal);
    return [code, { what: textOf(had.what), normal, remedy: textOf(had.remedy) }];
  });
  return Object.fromEntries(entries);
}

/** Returns the digest of each English text as it is now. */
export async function englishDigests(): Promise<Digests> {
  const entries = [...(await readErrorCodes()).values()].flatMap((codes) => Object.entries(codes));
  return Object.fromEntries(entries.map(([code, english]) => [code, digestOf(english)]));
}

/** Returns the digests of the English texts that were translated into this language. */
export function translatedFrom(language: string): Digests {
  const file = digestFile(language);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

function digestOf({ what, normal, remedy }: ErrorCode): string {
  return createHash('sha256')
    .update(JSON.stringify([what, normal, remedy]))
    .digest('hex')
    .slice(0, 8);
}

function digestFile(language: string): string {
  return join(import.meta.dirname, 'translated-from', `${language}.json`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readCatalogue(path: string): Catalogue {
  const file = join(packagesFolder, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

if (import.meta.main) {
  const [language = '', keep] = process.argv.slice(2);
  if (!/^[a-z]{2}$/.test(language)) throw new Error('Name a language by its two letters, such as es.');
  for (const [path, catalogue] of await languageFiles(language, keep === 'keep' ? {} : translatedFrom(language))) {
    const file = join(packagesFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
    const empty = JSON.stringify(catalogue).split('""').length - 1;
    console.log(`${path}: ${Object.keys(catalogue).length} keys, ${empty} texts are missing`);
  }
  // They are written last: without them, the next call would find no change.
  mkdirSync(dirname(digestFile(language)), { recursive: true });
  writeFileSync(digestFile(language), `${JSON.stringify(await englishDigests(), null, 2)}\n`);
}
