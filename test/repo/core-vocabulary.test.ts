import { describe, expect, it } from 'vitest';
import { packageSources, type SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/**
 * The words that core must not use: the language of databases, their names and drivers, and the formats of payloads.
 */
const ENGINES = [
  'postgres',
  'postgresql',
  'pg',
  'mysql',
  'mariadb',
  'mssql',
  'sqlserver',
  'sqlite',
  'oracle',
  'duckdb',
];
const SQL_WORDS = ['sql', 'kysely', 'ddl', 'table', 'tables', 'column', 'columns', 'varchar', 'upsert', 'database'];
const FORMATS = ['csv', 'xml', 'yaml', 'protobuf', 'avro', 'parquet'];
const FORBIDDEN = new Set([...ENGINES, ...SQL_WORDS, ...FORMATS]);
const SQL_STATEMENT = /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|COMMIT|BEGIN) [A-Z"$`]/;

/** Rooms and files that may use some of these words, each with its reason. The list may only shrink. */
const EXCEPTIONS: readonly { readonly path: string; readonly words: readonly string[]; readonly because: string }[] = [
  { path: 'contract/', words: ['table'], because: 'gives rows to sinks that want rows' },
  { path: 'contract/schema-change.ts', words: ['column'], because: 'a schema change names what changed' },
  { path: 'discover/listed-contacts.ts', words: ['table'], because: 'a hash table' },
  { path: 'plugins/known-sinks.ts', words: ENGINES, because: 'says which package to install for a scheme' },
  { path: 'fetch/answer-description.ts', words: ['xml'], because: 'says what came instead of JSON' },
];

const CORE = 'packages/core/src/';

describe("core's vocabulary", () => {
  const sources = packageSources().filter(({ path }) => path.startsWith(CORE));

  it('has no word of SQL, of an engine or of a payload format', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(foreignWords(sources)).toEqual([]);
  });

  it('has no exception that is not needed', () => {
    const used = sources.flatMap((file) => wordsOf(file).map((word) => ({ path: file.path, word })));
    for (const { path, words } of EXCEPTIONS)
      for (const word of words) {
        const needed = used.some((use) => use.path.startsWith(CORE + path) && use.word === word);
        if (words !== ENGINES) expect(needed, `${path} does not say "${word}" any more`).toBe(true);
      }
  });

  it.each([
    ['an identifier', 'const mysqlUrl = 1;'],
    ['a part of an identifier', 'export function columnNamesOf() {}'],
    ['a string', "const text = 'the MariaDB server';"],
    ['a statement', `const text = 'DELETE FROM "contacts"';`],
    ['a template', 'const text = `$' + '{a} rows of the table`;'],
  ])('refuses %s', (_, text) => {
    expect(foreignWords([{ path: `${CORE}emit/a.ts`, text }])).toHaveLength(1);
  });

  it('takes comments, options of the command line, and the outbox', () => {
    const text = "// a table\nconst text = 'Give it another --table-prefix.';";
    expect(foreignWords([{ path: `${CORE}emit/a.ts`, text }])).toEqual([]);
    expect(foreignWords([{ path: `${CORE}outbox/outbox-store.ts`, text: 'const sqlite = 1;' }])).toEqual([]);
  });
});

function foreignWords(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => !path.startsWith(`${CORE}outbox/`))
    .flatMap((file) => wordsOf(file).map((word) => ({ path: file.path, word })))
    .filter(({ path, word }) => !isException(path, word))
    .map(({ path, word }) => `${path}: ${word}`);
}

function isException(path: string, word: string): boolean {
  return EXCEPTIONS.some((exception) => path.startsWith(CORE + exception.path) && exception.words.includes(word));
}

/** Returns each forbidden word of a file once; comments and the names of options of the command line do not count. */
function wordsOf({ text }: SourceFile): readonly string[] {
  const spoken = onlyParts(text, 'code', 'string').replace(/--[a-z]+(?:-[a-z]+)*/g, '');
  const words = spoken.replace(/([a-z\d])(?=[A-Z])/g, '$1 ').match(/[A-Za-z]+/g) ?? [];
  const whole = spoken.match(/[A-Za-z]+/g) ?? [];
  const found = [...words, ...whole].map((word) => word.toLowerCase()).filter((word) => FORBIDDEN.has(word));
  return [...new Set(SQL_STATEMENT.test(spoken) ? [...found, 'an SQL statement'] : found)];
}
