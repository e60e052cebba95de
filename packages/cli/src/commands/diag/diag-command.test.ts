import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Ending } from '../../exit-code.js';
import type { CommandContext } from '../command-context.js';
import { diagCommand } from './diag-command.js';

// A call of the system may write less than it was given.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, writeSync: (file: number, data: Uint8Array) => fs.writeSync(file, data, 0, 10) };
});

function contextFor(file: string): CommandContext {
  const output = { line: () => {}, json: () => {}, masked: (value: unknown) => value };
  const values = new Map([
    ['diag-file', file],
    ['log-dir', join(file, 'none')],
  ]);
  const guard = { redact: (text: string) => text, protect: () => {} };
  const rest = { operands: [], options: [], schemes: [], variables: {}, doubts: [], codes: {} };
  return { ...rest, values, output, guard } as unknown as CommandContext;
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-diag-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'diag.tar.gz');
}

it('stops at a signal: makes no further part, and leaves no file', async () => {
  const file = newFile();
  const made: string[] = [];
  const find = (name: string) => ({
    load: async () => async (): Promise<Ending> => {
      made.push(name);
      process.emit('SIGTERM', 'SIGTERM');
      return { kind: 'stopped', signal: 'SIGTERM' };
    },
  });
  // Keeps the signal from ending the process of the tests, where the command does not listen.
  const ignore = () => {};
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => told.mockRestore());
  process.on('SIGTERM', ignore);
  onTestFinished(() => void process.off('SIGTERM', ignore));
  expect(await diagCommand(find)(contextFor(file))).toEqual({ kind: 'stopped', signal: 'SIGTERM' });
  expect(made).toEqual(['doctor']);
  expect(told.mock.calls.map(([text]) => text)).toContain('Collecting doctor ...\n');
  expect(existsSync(file)).toBe(false);
});

it('writes the whole archive, though the system takes a part at a time', async () => {
  const file = newFile();
  expect(await diagCommand(() => undefined)(contextFor(file))).toEqual({ kind: 'done' });
  expect(gunzipSync(readFileSync(file)).length).toBeGreaterThan(1_000);
});
