import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manual, manualFile } from '../../scripts/print-manual.ts';
import { tellNotRun } from '../harness/not-run.ts';
import { mustRun, runProgram } from '../harness/run-program.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';

describe('the manual page', () => {
  it('is printed as packages/cli/man/dbsync.1 (else run `node scripts/print-manual.ts`)', async () => {
    expect(readFileSync(manualFile, 'utf8')).toBe(await manual());
  });

  it.runIf(hasGroff())('is read by groff without a warning, and shows what it names', async () => {
    const settings = { cwd: import.meta.dirname };
    const { stdout, stderr, status } = await runProgram(
      'groff',
      ['-man', '-Tascii', '-ww', '-rLL=80n', '-P-cbou', manualFile],
      settings,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const part of ['--webhook-rate', 'dbsync deliveries', '"NAME: VALUE"', '--mysql-ssl-mode']) {
      expect(stdout).toContain(part);
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    await mustRun('groff', ['-man', '-Tutf8', manualFile], settings);
  });
});

function hasGroff(): boolean {
  if (hasCommand('groff')) return true;
  tellNotRun('the manual page in groff', 'apt-get install groff-base');
  return false;
}
