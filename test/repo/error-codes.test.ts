import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorsPage, readErrorCodes } from '../../scripts/print-errors.ts';
import { packageSources, repositoryRoot, type SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/** Where a code is given: as the first argument of one of our errors, or as a property of that name. */
const THROWN =
  /\b(?:SinkError|DbsyncError|CliError)\(\s*'([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)'|\bcode: '([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)'/g;

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

  it.each([
    "throw new SinkError(\n  'SQL_MISSPELT', 'x', d);",
    "throw new DbsyncError('API_MISSPELT', x);",
    "notify({ code: 'SQL_MISSPELT' });",
  ])('are refused when unknown: %s', (text) => {
    expect(unknownCodes(names, [{ path: 'a.ts', text }])).toHaveLength(1);
  });

  it('are printed with what is normal and what to do', () => {
    const page = errorsPage(
      new Map([['core', { A_B: { what: 'It broke.', normal: 'At night.', remedy: 'Wait.', exit: 3 } }]]),
    );
    expect(page).toContain('### A_B\n\nIt broke.\n\n*When it is normal*: At night.\n\n*What to do*: Wait.');
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
