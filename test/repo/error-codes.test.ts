import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode, ErrorCodes } from '@dbsync/core/contract';
import { describe, expect, it } from 'vitest';
import { errorsPage, readErrorCodes } from '../../scripts/print-errors.ts';
import { packageSources, repositoryFiles, repositoryRoot, type SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/** Matches a code that is given: as the first argument of an error of dbsync, or as a property of that name. */
const THROWN =
  /\b(?:SinkError|DbsyncError|CliError)\(\s*'([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)'|\bcode: '([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)'/g;

const OF_AN_ERROR = /(?:Error|Fault|fatal|fenced|refused)\(\s*'([A-Z\d_]+)'/g;

/** Matches a code that is more than the property of a notice. */
const NOT_OF_A_NOTICE =
  /(?<!\bcode: |\w)'([A-Z\d]+_[A-Z\d_]+)'|(?<=\bcode: )'([A-Z\d_]+)'(?=, (?:verdict|message, remedy))/g;

/** Matches the beginnings of the codes of targets. The rest names the event, which is the same on all of them. */
const TARGET = /^(?:SQL|MSSQL|MYSQL|POSTGRES|SQLITE|OUTBOX|SINK|WEBHOOK|NATS)_/;

/** Events that have other names on other targets. */
const SAME_EVENT: Readonly<Record<string, string>> = {
  CALLED_OFF: 'ABORTED',
  CALL_ABORTED: 'ABORTED',
  MOVED: 'FILE_REPLACED',
  NOT_A_DATABASE: 'DAMAGED',
  REFUSED: 'ROW_REFUSED',
  STATE_MISSING: 'FILE_MISSING',
  COPY_MISSING: 'FILE_MISSING',
};

describe('error codes', async () => {
  const codes = await readErrorCodes();
  const names = [...codes.values()].flatMap((ofPackage) => Object.keys(ofPackage));
  /** The sinks in memory of the testkit are for tests, and their codes are not documented. */
  const sources = packageSources().filter(({ path }) => !path.includes('/testkit/'));

  it('are printed as docs/errors.md (else run `node scripts/print-errors.ts`)', () => {
    expect(names.length).toBeGreaterThan(5);
    expect(readFileSync(join(repositoryRoot, 'docs/errors.md'), 'utf8')).toBe(errorsPage(codes));
  });

  it('are one meaning each', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('are all used', () => {
    expect(unusedCodes(names, sources)).toEqual([]);
    expect(unusedCodes(['API_FAILED', 'NEVER_THROWN'], [{ path: 'a.ts', text: "throw f('API_FAILED');" }])).toEqual([
      'NEVER_THROWN',
    ]);
  });

  it('are all known where they are used', () => {
    expect(unknownCodes(names, sources)).toEqual([]);
  });

  it('are all known where documents name them', () => {
    const documents = repositoryFiles().filter(({ path }) => path.endsWith('.md') && path !== 'docs/public-api.md');
    expect(unknownInDocuments(names, documents)).toEqual([]);
    expect(unknownInDocuments(names, [{ path: 'a.md', text: 'It logs `SQL_MISSPELT`, as `HTTPS_PROXY`.' }])).toEqual([
      'a.md: SQL_MISSPELT',
    ]);
  });

  it.each([
    "throw new SinkError(\n  'SQL_MISSPELT', 'x', d);",
    "throw new DbsyncError('API_MISSPELT', x);",
    "notify({ code: 'SQL_MISSPELT' });",
  ])('are refused when unknown: %s', (text) => {
    expect(unknownCodes(names, [{ path: 'a.ts', text }])).toHaveLength(1);
  });

  it('are failures where an error has them, and notices where none has', () => {
    expect(wrongKinds(codes, sources)).toEqual([]);
    const given = (text: string, exit: 1 | null) =>
      wrongKinds(new Map([['sql', { A_B: { what: '', normal: null, remedy: '', exit } }]]), [{ path: 'a.ts', text }]);
    expect(given("throw new SinkError('A_B', m, d);", null)).toEqual(['A_B: an error has it']);
    expect(given("throw fatal('A_B', m);", null)).toEqual(['A_B: an error has it']);
    expect(given("notify({ level: 'warn', code: 'A_B', message });", 1)).toEqual(['A_B: no error has it']);
    expect(given("const CODES = { 5: { code: 'A_B', verdict: 'fatal' } };", 1)).toEqual([]);
    expect(given("notify({ level: 'warn', code: 'A_B', message });", null)).toEqual([]);
  });

  it('have one exit for one event on every target', () => {
    expect(unequalExits(codes)).toEqual([]);
    const entry = (exit: 1 | 3) => ({ what: '', normal: null, remedy: '', exit });
    expect(unequalExits(new Map([['sql', { SQL_FENCED: entry(3), OUTBOX_FENCED: entry(1) }]]))).toEqual([
      'FENCED: 3 (SQL_FENCED), 1 (OUTBOX_FENCED)',
    ]);
    expect(unequalExits(new Map([['x', { OUTBOX_MOVED: entry(1), SQLITE_FILE_REPLACED: entry(3) }]]))).toHaveLength(1);
  });

  it('are printed with what is normal and what to do', () => {
    const page = errorsPage(
      new Map([['core', { A_B: { what: 'It broke.', normal: 'At night.', remedy: 'Wait.', exit: 3 } }]]),
    );
    expect(page).toContain('### A_B\n\nIt broke.\n\n*When it is normal*: At night.\n\n*What to do*: Wait.');
    expect(page).toContain('*Failure*. Exit code: 3 (the environment prevents the run).');
  });
});

function unusedCodes(names: readonly string[], files: readonly SourceFile[]): readonly string[] {
  const text = files
    .filter(({ path }) => !path.endsWith('/error-codes.ts'))
    .map((file) => onlyParts(file.text, 'code', 'string'))
    .join('\n');
  return names.filter((name) => !text.includes(`'${name}'`));
}

function unknownCodes(names: readonly string[], files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) =>
    [...onlyParts(text, 'code', 'string').matchAll(THROWN)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((code) => !names.includes(code))
      .map((code) => `${path}: ${code}`),
  );
}

/** A code that an error is made with, or that a table maps to a verdict, is a failure. Any other is a notice. */
function wrongKinds(codes: ReadonlyMap<string, ErrorCodes>, files: readonly SourceFile[]): readonly string[] {
  const text = files
    .filter(({ path }) => !path.endsWith('error-codes.ts'))
    .map((file) => onlyParts(file.text, 'code', 'string'))
    .join('\n');
  const made = new Set([...text.matchAll(OF_AN_ERROR)].map((match) => match[1]));
  const notOnlyReported = new Set([...text.matchAll(NOT_OF_A_NOTICE)].map((match) => match[1] ?? match[2]));
  const entries = [...codes.values()].flatMap((ofPackage) => Object.entries(ofPackage));
  return entries.flatMap(([code, { exit }]) => {
    if (exit === null) return made.has(code) ? [`${code}: an error has it`] : [];
    return notOnlyReported.has(code) ? [] : [`${code}: no error has it`];
  });
}

function unequalExits(codes: ReadonlyMap<string, ErrorCodes>): readonly string[] {
  const events = new Map<string, [string, ErrorCode['exit']][]>();
  for (const [code, { exit }] of [...codes.values()].flatMap((ofPackage) => Object.entries(ofPackage))) {
    if (!TARGET.test(code)) continue;
    const name = code.replace(TARGET, '');
    const event = SAME_EVENT[name] ?? name;
    events.set(event, [...(events.get(event) ?? []), [code, exit]]);
  }
  return [...events]
    .filter(([, found]) => new Set(found.map(([, exit]) => exit)).size > 1)
    .map(([event, found]) => `${event}: ${found.map(([code, exit]) => `${exit} (${code})`).join(', ')}`);
}

/** Values of options, which look like codes. */
const NO_CODES: ReadonlySet<string> = new Set(['VERIFY_CA', 'VERIFY_IDENTITY']);

/** Names in backquotes that begin as codes do, and are none. */
function unknownInDocuments(names: readonly string[], documents: readonly SourceFile[]): readonly string[] {
  const beginnings = new Set(names.map((name) => name.split('_')[0]));
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/`([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => beginnings.has(name.split('_')[0]) && !names.includes(name) && !NO_CODES.has(name))
      .map((name) => `${path}: ${name}`),
  );
}
