import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { quotedForShell } from './quoted-for-shell.js';

it('gives a shell each name back as it is, and leaves a plain one readable', () => {
  expect(quotedForShell('/var/lib/dbsync')).toBe('/var/lib/dbsync');
  for (const name of ['$(touch X)', "it's; rm -rf ~", '`id`', 'a b', '', 'line\nbreak', '"', '\\', '*?[a]', 'ä~']) {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${quotedForShell(name)}`], { encoding: 'utf8' })).toBe(name);
  }
});
