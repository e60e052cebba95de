import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileMode } from './make-file.js';
import { connectSqlite } from './sqlite-connection.js';

const folder = mkdtempSync(join(tmpdir(), 'dbsync-modes-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(process.platform !== 'win32')('a file that dbsync makes', () => {
  it.each([
    [undefined, '600'],
    ['0600', '600'],
    ['0640', '640'],
    ['660', '660'],
  ])('has the mode %j, and so have the files beside it', async (option, expected) => {
    expect(await modesOf(join(folder, `${option}.db`), fileMode(option))).toEqual([expected, expected, expected]);
  });

  it('keeps its mode where it was there before', async () => {
    const file = join(folder, 'old.db');
    writeFileSync(file, '');
    chmodSync(file, 0o664);
    expect(await modesOf(file, 0o600)).toEqual(['664', '664', '664']);
  });
});

it.each(['', '0', '777', '0700', '0440', 'rw', '06400'])('mode=%s is refused', (option) => {
  expect(() => fileMode(option)).toThrow(expect.objectContaining({ code: 'SQLITE_OPTION_INVALID', verdict: 'fatal' }));
});

async function modesOf(file: string, mode: number): Promise<readonly string[]> {
  const { session } = await connectSqlite(file, mode, new AbortController().signal);
  try {
    await session.db.schema.createTable('t').addColumn('a', 'text').execute();
    return ['', '-wal', '-shm'].map((suffix) => (statSync(file + suffix).mode & 0o777).toString(8));
  } finally {
    await session.close();
  }
}
