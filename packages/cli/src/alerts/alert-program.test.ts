import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, 'alert-program.ts');
/** Lets a process run the sources. */
const SOURCES = join(import.meta.dirname, '../../../../scripts/sources.ts');
/** Takes all file descriptors, then sends an alert. */
const SCRIPT = `
  import { openSync } from 'node:fs';
  import { systemClock } from '@dbsync/core';
  import { createAlertProgram } from ${JSON.stringify(SOURCE)};
  const channel = createAlertProgram('/bin/true', { campaign: 'C1', mode: 'db_sync' }, {}, systemClock);
  const alert = { kind: 'late', code: null, text: 't', count: 1 };
  try { for (;;) openSync('/dev/null'); } catch {}
  const said = await channel.send(alert, new AbortController().signal).catch((error) => error.code);
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write(String(said));`;

it('fails like any other alert, and ends no process, where no file can be opened any more', async () => {
  const run = [
    '-c',
    'ulimit -n 64 && exec "$0" --import "$1" --input-type=module -e "$2"',
    process.execPath,
    SOURCES,
    SCRIPT,
  ];
  const { stdout } = await promisify(execFile)('sh', run, { cwd: import.meta.dirname });
  expect(stdout).toBe('EMFILE');
});
