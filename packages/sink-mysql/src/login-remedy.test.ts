import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { loginRemedy } from './login-remedy.js';
import { readAddress } from './mysql-address.js';

it('names the socket that the server of this machine has, to be pasted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mysqld.sock');
  const [local, distant] = ['127.0.0.1', 'db.example.com'].map((host) =>
    readAddress(serverTarget(`mysql://dbsync:x@${host}/calls?ssl-mode=DISABLED`)),
  ) as [ReturnType<typeof readAddress>, ReturnType<typeof readAddress>];
  expect(loginRemedy(local, [file])).toContain('socket=FILE,');
  writeFileSync(file, '');
  expect(loginRemedy(local, [join(folder, 'absent'), file])).toContain(`socket=${file},`);
  expect(loginRemedy(distant, [file])).toContain('socket=FILE,');
  expect(loginRemedy(local, [file])).toContain('ssl-mode=VERIFY_CA&ssl-ca=ca.pem');
});
