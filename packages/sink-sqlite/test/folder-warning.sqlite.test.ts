import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkNotice, SinkTarget } from '@dbsync/core/contract';
import { expect, it, onTestFinished } from 'vitest';
import { never } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.js';

/** Returns the codes of the warnings at the last of these openings of a file in a folder with this mode. */
async function warningsIn(mode: number, openings: readonly Partial<SinkTarget>[] = [{}]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, mode);
  let notices: SinkNotice[] = [];
  const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path: join(shared, 'copy.db') };
  for (const looking of openings) {
    notices = [];
    const sink = createSink({ address, options: {}, ...looking, notify: (notice) => void notices.push(notice) });
    if (sink.kind !== 'store') throw new Error('no store');
    await sink.open(never);
    await sink.close();
  }
  return notices.filter(({ level }) => level === 'warn').map(({ code }) => code);
}

it('warns of a folder where other users can put another file in the place of the copy', async () => {
  expect(await warningsIn(0o777)).toEqual(['SQLITE_FOLDER_EXPOSED']);
  expect(await warningsIn(0o1777)).toEqual(['SQLITE_FOLDER_EXPOSED']);
  expect(await warningsIn(0o770)).toEqual(['SQLITE_FOLDER_EXPOSED']);
  expect(await warningsIn(0o755)).toEqual([]);
});

it('warns a command that checks the target, and not one that only looks', async () => {
  expect(await warningsIn(0o777, [{}, { onlyLooks: true }])).toEqual([]);
  expect(await warningsIn(0o777, [{}, { onlyLooks: true, copyMayBeMissing: true }])).toEqual(['SQLITE_FOLDER_EXPOSED']);
});
