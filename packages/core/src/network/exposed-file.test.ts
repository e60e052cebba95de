import { expect, it } from 'vitest';
import { commandToClose, isSecretMount, ownSurroundings, type Surroundings } from './exposed-file.js';

const PATH = '/etc/dbsync/token';

/** Returns the command for a file that by default is root's, and whose group is one of the service. */
function commandFor(mode: number, surroundings: Partial<Surroundings> = {}, isMounted = false): string | null {
  return commandToClose(
    PATH,
    { mode: 0o100_000 | mode, uid: 0, gid: 88 },
    { uid: 999, groups: [77, 88], credentials: undefined, isContainer: false, ...surroundings },
    () => isMounted,
  );
}

it.each([
  [0o640, null],
  [0o440, null],
  [0o644, `chgrp 77 ${PATH} && chmod 640 ${PATH}`],
])('leaves a file of root to the group of the service, mode %o: %j', (mode, command) => {
  expect(commandFor(mode)).toBe(command);
});

it('names a file that is open to a group which is not that of the service', () => {
  expect(commandFor(0o640, { groups: [77] })).toBe(`chgrp 77 ${PATH} && chmod 640 ${PATH}`);
});

it('wants a file of its own closed to its group too', () => {
  expect(commandFor(0o640, { uid: 0 })).toBe(`chmod 600 ${PATH}`);
  expect(commandFor(0o600, { uid: 0 })).toBeNull();
});

it('says nothing of what systemd hands over, of a file that is not there, nor on Windows', () => {
  expect(commandFor(0o444, { credentials: '/etc/dbsync' })).toBeNull();
  expect(commandFor(0o666, { uid: undefined })).toBeNull();
  expect(commandToClose(PATH, null)).toBeNull();
});

it.each([0o444, 0o644])('says nothing of a secret that a container platform mounts, mode %o', (mode) => {
  expect(commandFor(mode, { isContainer: true }, true)).toBeNull();
  expect(commandFor(mode, { isContainer: true, uid: 0 }, true)).toBeNull();
  expect(commandFor(mode, { isContainer: false }, true)).not.toBeNull();
});

it('tells what to do on the host with a file of it that is mounted into a container', () => {
  const command = `chown 999 FILE && chmod 400 FILE, where FILE is the file of the host that is mounted as ${PATH}`;
  expect(commandFor(0o444, { isContainer: true })).toBe(command);
  expect(commandFor(0o440, { isContainer: true })).toBeNull();
});

it('knows a container of Kubernetes, Docker and Podman, and a mounted secret', () => {
  expect(ownSurroundings({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }).isContainer).toBe(true);
  expect(ownSurroundings({ container: 'podman' }).isContainer).toBe(true);
  for (const path of ['/dev/shm/any', '/proc/version', '/no such file']) expect(isSecretMount(path), path).toBe(false);
});
