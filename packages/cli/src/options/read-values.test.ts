import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readValues } from './read-values.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dbsync-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, `secret-${text.length}`);
  await writeFile(path, text);
  return path;
}

const read = async (commandLine: Record<string, string>, environment: Record<string, string> = {}) =>
  Object.fromEntries(await readValues(new Map(Object.entries(commandLine)), new Map(Object.entries(environment))));

it('prefers the command line', async () => {
  expect(await read({ mode: 'db_sync' }, { mode: 'db_init', campaign: 'A' })).toEqual({
    mode: 'db_sync',
    campaign: 'A',
  });
});

it('reads a token and a URL from their files, without the line break', async () => {
  const token = await fileWith('  the-token\r\n');
  const url = await fileWith('postgres://u:p@h/d\n');
  expect(await read({ 'token-file': token }, { 'url-file': url })).toMatchObject({
    token: 'the-token',
    url: 'postgres://u:p@h/d',
  });
});

it('prefers a file of the command line to a value of the environment, and the other way round', async () => {
  const file = await fileWith('of-the-file');
  expect(await read({ 'token-file': file }, { token: 'of-the-environment' })).toMatchObject({ token: 'of-the-file' });
  expect(await read({ token: 'given' }, { 'token-file': '/nowhere' })).toEqual({ token: 'given' });
});

it('refuses both in one place', async () => {
  await expect(read({ token: 'a', 'token-file': 'b' })).rejects.toMatchObject({ code: 'CLI_OPTION_CONFLICT' });
});

it.each([
  ['nothing', ''],
  ['blanks', ' \n\n'],
  ['two lines', 'one\ntwo\n'],
  ['far too much', 'x'.repeat(70_000)],
])('refuses a file that holds %s', async (_, text) => {
  const file = await fileWith(text);
  await expect(read({ 'token-file': file })).rejects.toMatchObject({ code: 'CLI_FILE_UNREADABLE', exit: 2 });
});

it('names a file that is not there, and why it cannot be read', async () => {
  await expect(read({ 'url-file': '/nowhere/url' })).rejects.toThrow(
    '--url-file cannot be read (ENOENT): /nowhere/url',
  );
  await expect(read({ 'url-file': folder })).rejects.toThrow('EISDIR');
});
