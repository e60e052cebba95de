import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { dockerfile, stagesOf } from '../harness/dockerfile-stages.ts';

const lint = (text: string) => validate(text).map(({ message }) => message);
const stages = stagesOf(dockerfile);
const image = stages.at(-1);
const wordsOf = (keyword: string) => image?.instructions.find((one) => one.keyword === keyword);

describe('the linter', () => {
  it('finds nothing wrong with the Dockerfile', () => {
    expect(lint(dockerfile)).toEqual([]);
  });

  it.each([
    ['a misspelt instruction', (text: string) => text.replace('ENTRYPOINT', 'ENTRIPOINT')],
    ['a duration without a unit', (text: string) => text.replace('--timeout=30s', '--timeout=30')],
    ['an unknown flag', (text: string) => text.replace('--chown=', '--owner=')],
  ])('finds %s', (_, change) => {
    expect(lint(change(dockerfile))).toHaveLength(1);
  });
});

describe('the image', () => {
  it('is made in stages from bases that are named by their hash', () => {
    expect(stages.map(({ name }) => name)).toEqual(['build', null]);
    for (const stage of stages) expect(stage.image).toMatch(/^[\w./-]+:[\w.-]+@sha256:[\da-f]{64}$/);
  });

  it('runs as a user that is a number, not root, and may write to its two volumes alone', () => {
    const user = wordsOf('USER')?.words[0];
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const owned = image?.instructions.filter(({ keyword, flags }) => keyword === 'COPY' && flags.chown !== undefined);
    expect(owned?.map(({ flags, words }) => [flags.chown, words.at(-1)])).toEqual([
      [user, '/var/lib/dbsync'],
      [user, '/var/log/dbsync'],
    ]);
    expect(wordsOf('VOLUME')?.words).toEqual(['/var/lib/dbsync', '/var/log/dbsync']);
  });

  it('starts and asks for its health without a shell, so that signals reach dbsync', () => {
    expect(wordsOf('ENTRYPOINT')).toMatchObject({
      isExec: true,
      words: ['/opt/dbsync/bin/node', '/opt/dbsync/dbsync.js'],
    });
    const health = wordsOf('HEALTHCHECK');
    expect(health).toMatchObject({ isExec: true, words: [...(wordsOf('ENTRYPOINT')?.words ?? []), 'status'] });
    expect(image?.instructions.filter(({ keyword }) => ['RUN', 'SHELL', 'CMD'].includes(keyword))).toEqual([]);
  });

  it('has no secret in it, and no work of a developer', () => {
    expect(dockerfile).not.toMatch(/DBSYNC_(?:TOKEN|URL)\b/);
    const ignored = readFileSync(join(import.meta.dirname, '../../.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/node_modules', '**/dist', '**/.env', '**/secrets']));
  });
});
