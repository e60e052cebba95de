import { expect, it } from 'vitest';
import { fillCommand } from './fill-command.js';

const commandOf = (given: Readonly<Record<string, string>>) => fillCommand({ values: new Map(Object.entries(given)) });

it('gives the db_init of the same copy, to be pasted, without the token and the password', () => {
  const url = 'postgres://user:se:cr@et@host:5432/calls?sslmode=require&sslpassword=hidden';
  const given = {
    mode: 'db_sync',
    campaign: 'C1',
    token: 'TOKEN',
    url,
    since: '',
    'filter-prefix': "fc_,o'x",
    verbose: 'true',
  };
  expect(commandOf({ ...given, 'table-prefix': '', 'no-foreign-keys': 'true' })).toBe(
    `dbsync --mode db_init --campaign C1 --token '***' --url 'postgres://user:***@host:5432/calls?sslmode=require&sslpassword=***' --filter-prefix 'fc_,o'\\''x' --table-prefix '' --no-foreign-keys`,
  );
});

it('names the files of secrets as they were given', () => {
  const files = { 'token-file': '/etc/dbsync/token', 'url-file': '/etc/dbsync/url' };
  expect(commandOf({ campaign: 'C1', token: 'TOKEN', url: 'sqlite:/x.db', ...files })).toBe(
    'dbsync --mode db_init --campaign C1 --token-file /etc/dbsync/token --url-file /etc/dbsync/url',
  );
});

it('keeps what is left out and hashed, however often the options were given', () => {
  const given = { 'exclude-fields': '$comment\nmail', 'hash-fields': '$phone', 'hash-key-file': '/etc/dbsync/key' };
  expect(commandOf({ campaign: 'C1', 'token-file': 't', 'url-file': 'u', ...given })).toBe(
    "dbsync --mode db_init --campaign C1 --token-file t --url-file u --exclude-fields '$comment,mail' --hash-fields '$phone' --hash-key-file /etc/dbsync/key",
  );
});

it.each([
  ['0', ' --report-indexes false'],
  ['F', ' --report-indexes false'],
  ['false', ' --report-indexes false'],
  ['true', ''],
])('builds indexes for reports as a run with --report-indexes %s', (value, part) => {
  const given = { campaign: 'C1', 'token-file': 't', 'url-file': 'u', 'report-indexes': value };
  expect(commandOf(given)).toBe(`dbsync --mode db_init --campaign C1 --token-file t --url-file u${part}`);
});

it('names the file of the campaign, and the options that hold in its place', () => {
  const values = new Map(Object.entries({ campaign: 'C1', token: 'TOKEN', url: 'sqlite:/x.db', 'table-prefix': 'm_' }));
  const command = (stronger: Readonly<Record<string, string>>) => {
    const given = { config: '/etc/my files/dbsync.yaml', interval: '5', ...stronger };
    const ofFile = { file: '/etc/my files/dbsync.yaml', name: 'madrid', stronger: new Map(Object.entries(given)) };
    return fillCommand({ values, ofFile });
  };
  const first = "dbsync run --config '/etc/my files/dbsync.yaml' --campaign madrid --mode db_init";
  expect(command({})).toBe(first);
  expect(command({ token: 'TOKEN', url: 'mysql://u:secret@h/d', 'table-prefix': 'p_' })).toBe(
    `${first} --token '***' --url 'mysql://u:***@h/d' --table-prefix p_`,
  );
});
