import { expect, it } from 'vitest';
import { usualFolders } from './usual-folders.js';

it('are those of the system first, then those of the user', () => {
  const machine = { platform: 'linux', variables: {}, home: '/homes/calls' } as const;
  expect(usualFolders('logs', machine)).toEqual(['/var/log/dbsync', '/homes/calls/.dbsync/logs']);
  expect(usualFolders('state', machine)).toEqual(['/var/lib/dbsync', '/homes/calls/.local/state/dbsync']);
  expect(usualFolders('state', { ...machine, variables: { XDG_STATE_HOME: '/x' } })[1]).toBe('/x/dbsync');
});

it('begin on Windows with a folder that no other user may read, and end with those of earlier releases', () => {
  const machine = { platform: 'win32', variables: {}, home: 'C:\\Homes\\calls' } as const;
  expect(usualFolders('logs', machine)[0]).toBe('C:\\Homes\\calls\\AppData\\Local\\dbsync\\logs');
  expect(usualFolders('logs', machine).slice(1)).toContain('/var/log/dbsync');
  expect(usualFolders('state', { ...machine, variables: { LOCALAPPDATA: 'D:\\Local' } })[0]).toBe(
    'D:\\Local\\dbsync\\state',
  );
});

it('are those of the system alone where the account has no home folder', () => {
  const machine = { platform: 'linux', variables: {}, home: null } as const;
  expect(usualFolders('logs', machine)).toEqual(['/var/log/dbsync']);
  expect(usualFolders('state', machine)).toEqual(['/var/lib/dbsync']);
});
