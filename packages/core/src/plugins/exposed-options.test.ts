import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { SinkManifest } from '../contract/index.js';
import { exposedOptions } from './exposed-options.js';

const manifest: Pick<SinkManifest, 'options'> = {
  options: {
    sslkey: { type: 'string', help: 'The key.', isSecretFile: true },
    sslcert: { type: 'string', help: 'The certificate.' },
  },
};

it('warns of the file of a client key that other users may read, and of no other file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const key = join(folder, 'client.key');
  writeFileSync(key, '');
  chmodSync(key, 0o640);
  expect(exposedOptions(manifest, { sslkey: key, sslcert: key })).toEqual([
    {
      level: 'warn',
      code: 'SINK_SECRETS_EXPOSED',
      message: `Other users of this machine may read or change the file of sslkey. To forbid it: chmod 600 ${key}`,
    },
  ]);
  chmodSync(key, 0o600);
  expect(exposedOptions(manifest, { sslkey: key, sslcert: key })).toEqual([]);
  expect(exposedOptions(manifest, { sslkey: join(folder, 'none') })).toEqual([]);
});
