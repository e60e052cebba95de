import { expect, it } from 'vitest';
import { type FileLook, isTrustedSocket } from './local-socket.js';

const [ROOT, OWN, POSTGRES, OTHER] = [0, 1_000, 105, 1_001];

/** A machine on which these paths are. */
function machine(files: Readonly<Record<string, readonly [uid: number, mode: number]>>): FileLook {
  return {
    ownUid: OWN,
    realPath: (path) => path.replace('/var/run', '/run'),
    stat(path) {
      const found = files[path.replace('/var/run', '/run')];
      if (found === undefined) throw new Error('ENOENT');
      return { uid: found[0], mode: found[1] };
    },
  };
}

const look = (socket: string, owner: number) =>
  machine({
    '/': [ROOT, 0o755],
    '/tmp': [ROOT, 0o1777],
    '/tmp/own': [OWN, 0o700],
    '/tmp/other': [OTHER, 0o755],
    '/run': [ROOT, 0o755],
    '/run/postgresql': [POSTGRES, 0o2775],
    [socket]: [owner, 0o777],
  });

it.each([
  ['/tmp', OTHER, false],
  ['/tmp', ROOT, true],
  ['/tmp', OWN, true],
  ['/tmp/other', OTHER, false],
  ['/tmp/own', POSTGRES, true],
  ['/run/postgresql', POSTGRES, true],
  ['/var/run/postgresql', POSTGRES, true],
])('trusts the socket in %s of user %d: %j', (folder, owner, isTrusted) => {
  expect(isTrustedSocket(folder, 5_432, look(`${folder.replace('/var', '')}/.s.PGSQL.5432`, owner))).toBe(isTrusted);
});

it('trusts no host of a network, and no socket that is not there', () => {
  expect(isTrustedSocket('localhost', 5_432, look('/tmp/.s.PGSQL.5432', ROOT))).toBe(false);
  expect(isTrustedSocket('/run/postgresql', 5_433, look('/run/postgresql/.s.PGSQL.5432', POSTGRES))).toBe(false);
});
