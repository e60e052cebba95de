import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, type Language } from '../../packages/cli/src/languages/language-of-reader.ts';
import {
  createReaderLanguage,
  english,
  type ReaderLanguage,
} from '../../packages/cli/src/languages/reader-language.ts';
import { packagesFolder, repositorySinks } from '../../scripts/command-sources.ts';
import { helpPages } from '../../scripts/help-texts.ts';
import { readErrorCodes } from '../../scripts/print-errors.ts';
import { englishDigests, errorSkeleton, languageFiles, translatedFrom } from '../../scripts/print-language-skeleton.ts';
import { faultsOfForm, missingParts } from './translated-parts.ts';

type Catalogue = Readonly<Record<string, unknown>>;

/** An English text and its translation. */
interface Pair {
  readonly source: string;
  readonly original: string;
  readonly translation: string;
}

const codes = await readErrorCodes();
const englishPages = await helpPages(english.words);
const translated = LANGUAGES.filter((language) => language !== 'en');

describe.each(await Promise.all(translated.map(catalogues)))('the catalogues in $language', ({ language, files }) => {
  const pairs = [...files].flatMap(([path, catalogue]) => pairsOf(path, catalogue));

  it('are those that the codes and the help need, each with all its keys and no other one', () => {
    expect(globSync(`*/languages/${language}/*`, { cwd: packagesFolder }).sort()).toEqual([...files.keys()].sort());
    for (const [path, wanted] of files) {
      expect(JSON.parse(readFileSync(join(packagesFolder, path), 'utf8')), path).toEqual(wanted);
    }
  });

  it('explain the errors as their English texts are now, see scripts/print-language-skeleton.ts', async () => {
    expect(translatedFrom(language)).toEqual(await englishDigests());
  });

  it('have a well-formed text for each key', () => {
    const faults = pairs.flatMap(({ source, original, translation }) =>
      faultsOfForm(original, translation).map((fault) => `${source} ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it('keep the options, pages, codes, variables and numbers of the English text', () => {
    const faults = pairs.flatMap(({ source, original, translation }) =>
      missingParts(original, translation).map((part) => `${source} lacks ${part}`),
    );
    expect(faults).toEqual([]);
  });

  it('explain each code, with the sinks of this repository installed', () => {
    const { explain } = readerOf(language);
    const all = [...codes.values()].flatMap((ofPackage) => Object.keys(ofPackage));
    expect(all.filter((code) => explain(code) === null)).toEqual([]);
  });

  it('make pages of the help that fit 80 columns, with all command lines', async () => {
    const pages = await helpPages(readerOf(language).words);
    expect([...pages.keys()]).toEqual([...englishPages.keys()]);
    for (const [topic, page] of pages) {
      const lines = englishPages.get(topic)?.split('\n') ?? [];
      expect(page, topic).not.toBe(englishPages.get(topic));
      expect(page.split('\n').filter((line) => line.length > 80 && !lines.includes(line))).toEqual([]);
      expect(page.split('\n'), topic).toEqual(expect.arrayContaining(lines.filter((line) => COMMAND_LINE.test(line))));
    }
  });
});

describe('a translation', () => {
  it('of an error is emptied when the English text has changed, and at no other time', async () => {
    const [english, digests] = [codes.get('sql') ?? {}, await englishDigests()];
    const [code = '', other = ''] = Object.keys(english);
    const text = (name: string) => ({ what: name, normal: english[name]?.normal && name, remedy: name });
    const former = Object.fromEntries(Object.keys(english).map((name) => [name, text(name)]));
    expect(errorSkeleton(english, former, digests)).toEqual(former);
    expect(errorSkeleton(english, former, {})).toEqual(former);
    const emptied = errorSkeleton(english, former, { ...digests, [code]: '00000000' });
    expect(emptied).toMatchObject({ [code]: { what: '', remedy: '' }, [other]: former[other] });
  });

  it.each([
    ['Give --token-file FILE.', 'Indique FILE.', ['--token-file']],
    ['See docs/operations.md.', 'Véase docs/errors.md.', ['docs/operations.md']],
    ['See API_FAILED, {name}.', 'Véase API_FAILURE, {nombre}.', ['API_FAILED', '{name}']],
    ['After 90 s, DBSYNC_TOKEN', 'Tras 9 s', ['DBSYNC_TOKEN', '90']],
    ['Wait 1,000 s.', 'Espere 1.000 s.', []],
    ['Wait 1,000 s.', 'Espere 1000 s.', []],
    ['Keeps 90d,100,1GB', 'Guarda 90d,1GB', ['100']],
    ['--url sqlite:calls.db in docs/a.md', 'docs/a.md: --url sqlite:calls.db', []],
  ])('of "%s" as "%s" lacks %j', (original, translation, missing) => {
    expect(missingParts(original, translation)).toEqual(missing);
  });

  it.each([
    ['', 'is empty'],
    ['Espere', 'ends with "" and not "."'],
    ['Espere\u00a0un segundo.', 'has characters that a reader does not see'],
    ['La conexio\u0301n.', 'has letters and accents apart'],
    ['Espere  un segundo.', 'has blanks too many'],
  ])('as "%s" %s', (translation, fault) => {
    expect(faultsOfForm('Wait.', translation)).toContain(fault);
  });
});

/** Matches a line of an example, or the first line of a page. */
const COMMAND_LINE = /^ {4}dbsync |^dbsync (?:[a-z-]+ )?(?:--|[A-Z]{2})[^[]*$/;

/** Returns the texts as the command finds them, with the sinks of this repository installed. */
function readerOf(language: Language): ReaderLanguage {
  const reader = createReaderLanguage(language);
  reader.addSinks(Object.values(repositorySinks()));
  return reader;
}

async function catalogues(language: Language) {
  return { language, files: await languageFiles(language) };
}

function pairsOf(path: string, catalogue: Catalogue): readonly Pair[] {
  if (path.endsWith('help.json')) {
    return Object.entries(catalogue).map(([original, text]) => ({
      source: `${path}: "${original.slice(0, 40)}"`,
      original,
      translation: String(text),
    }));
  }
  return Object.entries(codes.get(path.split(/[/\\]/)[0] ?? '') ?? {}).flatMap(([code, entry]) => {
    const texts: Catalogue = Object(catalogue[code]);
    return (['what', 'normal', 'remedy'] as const).flatMap((part) => {
      const original = entry[part];
      return original === null
        ? []
        : [{ source: `${path}: ${code}.${part}`, original, translation: String(texts[part]) }];
    });
  });
}
