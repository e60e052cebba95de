import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DICTIONARY, meaningOf, type WordedTable } from '../../packages/sql/src/words/dictionary.ts';
import { SEEN_VALUES } from '../../packages/sql/src/words/seen-values.ts';
import { dataDictionaryPage } from '../../scripts/print-data-dictionary.ts';
import { createSqliteFile, never } from '../harness/sqlite-file.ts';
import { repositoryRoot } from './source-files.ts';

it('docs/data-dictionary.md has all tables and columns (else run `node scripts/print-data-dictionary.ts`)', async () => {
  const page = await dataDictionaryPage();
  expect(page).toContain('| `dispatch_error` | boolean | boolean |');
  expect(page).toContain('| `duration` | number | number | milliseconds |');
  expect(readFileSync(join(repositoryRoot, 'docs/data-dictionary.md'), 'utf8')).toBe(page);
});

describe('the words of packages/sql/src/words', () => {
  const file = createSqliteFile();
  afterAll(() => file[Symbol.asyncDispose]());

  it('explain each column of each table and view, and no other one', async () => {
    const sink = await file.openSink();
    await sink.viewing?.installViews({ timeZone: 'UTC' }, never);
    const made = file.query(
      "SELECT substr(m.name, 7) AS name, c.name AS col FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.name LIKE 'mcall_%'",
    );
    const columns = made.map(({ name, col }) => `${name}.${col}`).sort();
    expect(columns.length).toBeGreaterThan(200);
    const worded = Object.entries(DICTIONARY).flatMap(([name, words]) =>
      Object.keys(words.columns).map((column) => `${name}.${column}`),
    );
    expect(worded.sort()).toEqual(columns);
    expect(Object.keys(SEEN_VALUES).filter((name) => !columns.includes(name))).toEqual([]);
  });

  it('are sentences', () => {
    const sentences = Object.values(DICTIONARY).flatMap(({ means, columns }) => [means, ...Object.values(columns)]);
    expect(sentences.filter((sentence) => !/^[A-Z0-9].*\.$/.test(sentence))).toEqual([]);
    expect(sentences.filter((sentence) => sentence.includes('*/') || sentence.length > 400)).toEqual([]);
  });

  it('have none for an unknown column, whatever its name', () => {
    for (const name of ['nothing', 'constructor', '__proto__']) {
      for (const table of Object.keys(DICTIONARY)) expect(meaningOf(table as WordedTable, name)).toBeNull();
    }
  });
});
