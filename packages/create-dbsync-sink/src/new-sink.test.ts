import { expect, it } from 'vitest';
import { askForOptions } from './ask-for-options.js';
import { newSinkOf } from './new-sink.js';

it.each([
  ['redis', 'dbsync-sink-redis', 'dbsync-sink-redis'],
  ['dbsync-sink-redis', 'dbsync-sink-redis', 'dbsync-sink-redis'],
  ['@you/redis', '@you/dbsync-sink-redis', 'dbsync-sink-redis'],
  ['@you/dbsync-sink-redis', '@you/dbsync-sink-redis', 'dbsync-sink-redis'],
])('completes the name %s', (name, packageName, folder) => {
  expect(newSinkOf({ kind: 'store', name, scheme: 'redis' })).toEqual({
    kind: 'store',
    packageName,
    folder,
    scheme: 'redis',
  });
});

it.each([
  [{ kind: 'table' }, '--kind'],
  [{ name: '' }, '--name'],
  [{ name: '../../etc' }, '--name'],
  [{ name: 'a"b' }, '--name'],
  [{ name: 'Redis' }, '--name'],
  [{ scheme: '' }, '--scheme'],
  [{ scheme: 'Redis' }, '--scheme'],
  [{ scheme: "a'b" }, '--scheme'],
])('refuses %j and names the option', (wrong, option) => {
  expect(() => newSinkOf({ kind: 'store', name: 'redis', scheme: 'redis', ...wrong })).toThrow(option);
});

it('asks for what was not given, and takes an empty answer for the usual one', async () => {
  const answers = ['', 'redis', ''];
  const questions: string[] = [];
  const question = async (text: string) => {
    questions.push(text);
    return answers.shift() ?? '';
  };
  expect(await askForOptions({ given: {}, terminal: { question } })).toEqual({
    kind: 'store',
    name: 'redis',
    scheme: 'redis',
  });
  expect(questions).toHaveLength(3);
});

it('names the option that is missing where there is no terminal to ask at', async () => {
  await expect(askForOptions({ given: { kind: 'store' }, terminal: null })).rejects.toThrow('--name is missing');
});
