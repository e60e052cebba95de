import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSecretGuard } from '../reporting/secret-guard.js';
import { readMetricsPassword } from './metrics-options.js';

it('reads a password of one line, and guards it', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-password-'));
  const file = join(folder.path, 'password');
  const guard = createSecretGuard();
  expect(await readMetricsPassword(null, guard)).toBeNull();
  writeFileSync(file, 'twelve chars\n');
  expect(await readMetricsPassword(file, guard)).toBe('twelve chars');
  expect(guard.redact('it is twelve chars')).not.toContain('twelve');
  writeFileSync(file, 'eleven char');
  await expect(readMetricsPassword(file, guard)).rejects.toMatchObject({
    code: 'CLI_FILE_UNREADABLE',
    message: expect.stringContaining('--metrics-password-file has fewer than 12 characters'),
  });
  await expect(readMetricsPassword(join(folder.path, 'none'), guard)).rejects.toThrow('--metrics-password-file');
});
