import { expect, it } from 'vitest';
import { readCommandLine, refuseUnreadable } from './command-line.js';
import { optionList } from './option-list.js';

const refuse = (...argv: string[]) => refuseUnreadable(readCommandLine(argv, optionList), optionList);

it('names the nearest option', () => {
  expect(() => refuse('--campain', 'A')).toThrow('There is no option --campain. Did you mean --campaign?');
  expect(() => refuse('--foreign-keys')).toThrow('Did you mean --no-foreign-keys?');
});

it('shows no more than the start of a long word that resembles none: it may hold a secret', () => {
  expect(() => refuse('-ctSECRETSECRET')).toThrow(/^There is no option --ctS\.\.\.\.$/);
});

it('names an option whose value is missing under both of its names', () => {
  expect(() => refuse('--ct', '--url', 'x')).toThrow('The value of --token (--ct) is missing.');
});

it('keeps all values of an option that may be given several times', () => {
  const { values } = readCommandLine(
    ['--webhook-header', 'A: 1', '--webhook-header=B: 2', '--c', 'X', '--c', 'Y'],
    optionList,
  );
  expect(values.get('webhook-header')).toBe('A: 1\nB: 2');
  expect(values.get('campaign')).toBe('Y');
});

it('lets pass what can be read, words of no option in their order', () => {
  refuse('dead-letters', 'show', '--json', '007', '--c', 'A');
  expect(readCommandLine(['dead-letters', 'show', '--json', '007', '--c', 'A'], optionList).operands).toEqual([
    'dead-letters',
    'show',
    '007',
  ]);
});
