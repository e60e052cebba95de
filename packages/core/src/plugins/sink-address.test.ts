import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeAddress, parseSinkUrl } from './sink-address.js';

describe('parseSinkUrl', () => {
  it.each([
    ['postgres://u:p@db:5432/calls', { user: 'u', password: 'p', host: 'db', port: 5432, path: 'calls' }],
    ['POSTGRES://db', { user: null, password: null, host: 'db', port: null, path: '' }],
    ['postgres://u@db/a%20b', { user: 'u', password: null, host: 'db', port: null, path: 'a b' }],
    ['postgres://u:@db', { user: 'u', password: '', host: 'db', port: null, path: '' }],
    [
      'postgres://u:p%40%2F%3A@db/x',
      {
        user: 'u',
        password: 'p@/:',
        host: 'db',
        port: null,
        path: 'x',
        written: { user: 'u', password: 'p%40%2F%3A' },
      },
    ],
    ['mysql://u:a#b?c/d%e@db:3306/x', { user: 'u', password: 'a#b?c/d%e', host: 'db', port: 3306, path: 'x' }],
    ['mysql://u:a@b@db/x', { user: 'u', password: 'a@b', host: 'db', port: null, path: 'x' }],
    ['mysql://u:a%20/b@db/x', { user: 'u', password: 'a%20/b', host: 'db', port: null, path: 'x' }],
    ['mysql://u:a?b=c@db/x', { user: 'u', password: 'a?b=c', host: 'db', port: null, path: 'x' }],
    ['postgres://u:p@[::1]:5432/x', { user: 'u', password: 'p', host: '::1', port: 5432, path: 'x' }],
    ['postgres://u@%2Fvar%2Frun/x', { user: 'u', password: null, host: '/var/run', port: null, path: 'x' }],
    ['postgres:///x', { user: null, password: null, host: '', port: null, path: 'x', isWithoutHost: true }],
    ['sqlite:/var/lib/a b.db', { user: null, password: null, host: '', port: null, path: '/var/lib/a b.db' }],
    ['sqlite:calls%3F.db', { user: null, password: null, host: '', port: null, path: 'calls?.db' }],
    ['sqlite:100%.db', { user: null, password: null, host: '', port: null, path: '100%.db' }],
    ['jsonl://files/a@b', { user: null, password: null, host: 'files', port: null, path: 'a@b' }],
    ['https://h.example/@me', { user: null, password: null, host: 'h.example', port: null, path: '@me' }],
    ['https://u:p@h:8443/a#b', { user: 'u', password: 'p', host: 'h', port: 8443, path: 'a' }],
  ])('reads %s', (url, parts) => {
    const { scheme, ...address } = parseSinkUrl(url).address;
    expect(address).toEqual(parts);
    expect(scheme).toBe(url.slice(0, url.indexOf(':')).toLowerCase());
  });

  it.each([
    [
      'postgres://u:p@db/x?sslmode=require&application_name=a%20b',
      [
        ['sslmode', 'require'],
        ['application_name', 'a b'],
      ],
    ],
    ['postgres://u:p@db/x?application_name=a@b', [['application_name', 'a@b']]],
    ['postgres://u:p?q@db/x?sslmode=require', [['sslmode', 'require']]],
    ['sqlite:calls.db?foreign-keys=false', [['foreign-keys', 'false']]],
    ['sqlite:calls.db?fast', [['fast', '']]],
    [
      'sqlserver://u:p@db/x?app%20name=a&packet+size=512&user id=b',
      [
        ['app name', 'a'],
        ['packet+size', '512'],
        ['user id', 'b'],
      ],
    ],
    ['https://h/a?b=c=d', [['b', 'c=d']]],
  ])('takes the parameters of %s', (url, parameters) => {
    expect([...parseSinkUrl(url).parameters]).toEqual(parameters);
  });

  it.each([
    ['calls.db', 'scheme'],
    ['postgres://u:hunter2@host name/x', 'host'],
    ['postgres://u:hunter2@::1/x', 'brackets'],
    ['postgres://u:hunter2@db:99999/x', 'port'],
    ['postgres://u:hunter2@db:x/x', 'host'],
    ['postgres://u:hunter2@db/x?a=1&a=2', '"a"'],
  ])('refuses %s and does not repeat it', (url, word) => {
    expect(() => parseSinkUrl(url)).toThrow(expect.objectContaining({ code: 'SINK_URL_INVALID' }));
    expect(() => parseSinkUrl(url)).toThrow(word);
    expect(() => parseSinkUrl(url)).not.toThrow('hunter2');
  });

  it.each([
    ['https://h/a%2Fb/%C3%A4?x=%20&x=2#part', { host: 'h', path: 'a%2Fb/%C3%A4', query: 'x=%20&x=2' }],
    ['https://u:p@h/?', { user: 'u', password: 'p', host: 'h', path: '' }],
    ['https://h/a?b?c=d', { host: 'h', path: 'a', query: 'b?c=d' }],
    ['nats://h:4222/a%20b?stream=x', { host: 'h', port: 4222, path: 'a%20b', query: 'stream=x' }],
    ['nats:a%20b?stream=x', { path: 'a%20b', query: 'stream=x' }],
  ])('leaves path and query of %s to a sink that owns them', (url, parts) => {
    const { address, parameters } = parseSinkUrl(url, { ownsQuery: true });
    const { scheme, ...rest } = address;
    expect(rest).toEqual({ user: null, password: null, host: '', port: null, ...parts });
    expect(url.startsWith(scheme)).toBe(true);
    expect(parameters.size).toBe(0);
  });

  it('counts a query that the sink owns among the secrets, as written and decoded, but for short values', () => {
    const { secrets } = parseSinkUrl('https://u:p@h/a?v=1&token=hunter%2Ftwo&plain-token', { ownsQuery: true });
    expect(secrets).toEqual(['p', 'v=1&token=hunter%2Ftwo&plain-token', 'hunter%2Ftwo', 'hunter/two', 'plain-token']);
  });

  const text = fc.string({ minLength: 1, unit: 'grapheme' });
  const host = fc.domain();

  it('gives back what was escaped, whatever it was', () => {
    fc.assert(
      fc.property(text, text, host, text, (user, password, name, path) => {
        const [u, p, where] = [user, password, path].map(encodeURIComponent);
        const { address } = parseSinkUrl(`sink://${u}:${p}@${name}:1234/${where}`);
        expect(address).toMatchObject({ scheme: 'sink', user, password, host: name, port: 1234, path });
        const { written = { user, password } } = address;
        expect(written).toEqual({ user: u, password: p });
      }),
    );
  });

  it('gives back a password as it was pasted in, unless it reads as escapes or parameters', () => {
    const pasted = text.filter((password) => !/%[\da-f]{2}|@.*\?/is.test(password));
    fc.assert(
      fc.property(pasted, host, (password, name) => {
        const { address, secrets } = parseSinkUrl(`sink://user:${password}@${name}/path`);
        expect(address).toEqual({ scheme: 'sink', user: 'user', password, host: name, port: null, path: 'path' });
        expect(secrets).toEqual([password]);
      }),
    );
  });

  it.each(['@?A=!!!!!!!', 'a@b?c=d', 'a?b=c@d?e=f'])('takes %s for a password where parameters follow', (password) => {
    const { address, parameters } = parseSinkUrl(`sink://user:${password}@a.aa:1/p?key=value`);
    expect(address).toEqual({ scheme: 'sink', user: 'user', password, host: 'a.aa', port: 1, path: 'p' });
    expect([...parameters]).toEqual([['key', 'value']]);
  });

  it('never shows user, password or parameters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{8,}$/), host, (secret, name) => {
        const url = `sink://${encodeURIComponent(secret)}:${secret}@${name}:1/p?key=${encodeURIComponent(secret)}`;
        expect(describeAddress(parseSinkUrl(url).address)).toBe(`sink://${name}:1/p`);
      }),
    );
  });
});

it.each(['sqlite:/var/lib/a.db', 'postgres://[::1]:5432/x', 'postgres://%2Fvar%2Frun/x', 'https://h.example:8443'])(
  'describes %s as it was written',
  (url) => {
    expect(describeAddress(parseSinkUrl(url).address)).toBe(url);
  },
);
