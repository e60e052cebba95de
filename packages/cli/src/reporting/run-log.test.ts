import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runOptions } from '../options/run-options.js';
import type { Output } from '../terminal/output.js';
import { openRunLog } from './run-log.js';
import { createSecretGuard } from './secret-guard.js';

it('tells once that no line can be written, and why, and goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-full-'));
  vi.useFakeTimers({ now: Date.parse('2024-01-31T12:00:00Z'), toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true });
  });
  // A device that opens, and answers every write as a full disk does.
  symlinkSync('/dev/full', join(folder, 'C_db_sync_2024-01-31T12-00-00Z.log'));
  const told: string[] = [];
  const output: Output = {
    isTerminal: false,
    columns: 80,
    line: (text) => told.push(text),
    draw: () => {},
    json: () => {},
    flush: async () => {},
  };
  const values = { mode: 'db_sync', campaign: 'C', token: 'T', url: 'sqlite:x.db', 'log-dir': folder };
  const log = openRunLog(runOptions(new Map(Object.entries(values))), { output, guard: createSecretGuard() });
  for (const reason of ['one', 'two']) log.observe({ type: 'stopping', reason }, { daemon: true });
  await log.close();
  expect(told.slice(1)).toEqual([expect.stringMatching(/^CLI_LOG_FAILED: .+ takes no lines \(ENOSPC\)/)]);
});
