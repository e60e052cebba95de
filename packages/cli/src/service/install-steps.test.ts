import { join } from 'node:path';
import { expect, it } from 'vitest';
import { refuseHomes } from './install-steps.js';
import { HOMES } from './systemctl.js';

const request = {
  campaign: '',
  options: new Map(),
  token: null,
  url: null,
  program: ['/usr/bin/dbsync'],
  root: null,
  serviceUser: null,
};

it('refuses a program or a file in the folder of a user, which the service may not enter, unless for another machine', () => {
  const file = join('/home', 'calls', 'dbsync.yaml');
  const program = [join('/home', 'calls', 'dbsync')];
  expect(() => refuseHomes(request, HOMES, [file])).toThrow(`it needs ${file}. Move the file to /etc/dbsync.`);
  expect(() => refuseHomes({ ...request, program }, HOMES)).toThrow(`${program}. Install dbsync`);
  expect(() => refuseHomes(request, HOMES, ['/etc/dbsync/dbsync.yaml'])).not.toThrow();
  expect(() => refuseHomes({ ...request, root: '/image' }, HOMES, [file])).not.toThrow();
});
