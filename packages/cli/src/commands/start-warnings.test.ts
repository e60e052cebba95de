import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startWarnings, warningNotice } from './start-warnings.js';

const folder = mkdtempSync(join(tmpdir(), 'dbsync-warnings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quiet = join(folder, 'quiet');
mkdirSync(quiet, { mode: 0o750 });

function warnings({
  apiUrl = 'https://api.dialfire.com',
  values = {},
  variables = {},
  logs = quiet,
}: {
  readonly apiUrl?: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly logs?: string | null;
}) {
  const context = { values: new Map(Object.entries(values)), variables };
  return startWarnings({ apiUrl }, context, { logs, state: null })
    .map(warningNotice)
    .map(({ code, message }) => `${code}: ${message}`);
}

function fileWith(mode: number): string {
  const path = join(folder, `secret-${mode.toString(8)}`);
  writeFileSync(path, 'secret');
  chmodSync(path, mode);
  return path;
}

describe.runIf(process.platform !== 'win32')('startWarnings', () => {
  it.each([0o644, 0o640, 0o604, 0o620])('names a file of secrets that others may use, mode %o', (mode) => {
    const path = fileWith(mode);
    expect(warnings({ values: { 'token-file': path } })).toEqual([
      `CLI_SECRETS_EXPOSED: Other users of this machine may read or change the file of --token-file. To forbid it: chmod 600 ${path}`,
    ]);
    expect(warnings({ values: { 'url-file': path, 'hash-key-file': path } })).toHaveLength(2);
  });

  it('says nothing of files for the owner alone, nor of those that systemd hands over', () => {
    expect(warnings({ values: { 'token-file': fileWith(0o600), 'url-file': fileWith(0o400) } })).toEqual([]);
    const variables = { CREDENTIALS_DIRECTORY: folder };
    expect(warnings({ values: { 'token-file': fileWith(0o440) }, variables })).toEqual([]);
  });

  it.each([
    [0o777, true],
    [0o1777, true],
    [0o775, true],
    [0o755, false],
    [0o700, false],
  ])('names a folder of logs that others may write to, mode %o: %j', (mode, isReported) => {
    const logs = join(folder, `logs-${mode.toString(8)}`);
    mkdirSync(logs);
    chmodSync(logs, mode);
    expect(warnings({ logs }).map((text) => text.split(':', 1)[0])).toEqual(isReported ? ['CLI_FOLDER_EXPOSED'] : []);
  });

  it.each([
    ['http://api.example.com', true],
    ['http://api.test:8080/path', true],
    ['https://api.example.com', false],
    ['http://localhost:1234', false],
    ['http://127.0.0.1:1234', false],
    ['http://[::1]:1234', false],
  ])('tells whether the API at %s is reached without encryption: %j', (apiUrl, isReported) => {
    expect(warnings({ apiUrl }).map((text) => text.split(':', 1)[0])).toEqual(
      isReported ? ['CLI_API_NOT_ENCRYPTED'] : [],
    );
  });
});
