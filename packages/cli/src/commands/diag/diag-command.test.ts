import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Ending } from '../../exit-code.js';
import type { CommandContext } from '../command-context.js';
import { diagCommand } from './diag-command.js';

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
  const reported = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => reported.mockRestore());
  process.on('SIGTERM', ignore);
  onTestFinished(() => void process.off('SIGTERM', ignore));
  expect(await diagCommand(find)(contextFor(file))).toEqual({ kind: 'stopped', signal: 'SIGTERM' });
  expect(made).toEqual(['doctor']);
  expect(reported.mock.calls.map(([text]) => text)).toContain('Collecting doctor ...\n');
  expect(existsSync(file)).toBe(false);
});
