import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.js';
import { normaliseArgv } from './normalise-argv.js';
import { optionList } from './option-list.js';

const read = (...argv: string[]) => normaliseArgv(argv, optionList);
const valuesOf = (...argv: string[]) => Object.fromEntries(readCommandLine(argv, optionList).values);

const withValue = optionList.filter(({ type }) => type !== 'flag');
const spellings = new Set(optionList.flatMap(({ name, old = name }) => [name, old]));
const anyOption = fc.constantFrom(...withValue);
const blanks = fc.stringMatching(/^[ \t\u00a0]{0,3}$/);

/** Any word that is not itself the spelling of an option. */
const anyValue = fc
  .oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom('-x y', '--', '-', '---', '-5', '--=', "'", 'a=b', '"a"', "'a'", '__proto__'),
  )
  .filter((value) => !spellings.has(/^\s*--?([^\s=-][^\s=]*)/.exec(value)?.[1] ?? ''));

describe('normaliseArgv', () => {
  it('takes any option in any spelling with any value, and the value survives', () => {
    const spelled = fc.record({
      option: anyOption,
      value: anyValue,
      old: fc.boolean(),
      dashes: fc.constantFrom('-', '--'),
      before: blanks,
      inOneWord: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(spelled), (options) => {
        const argv = options.flatMap(({ option, value, old, dashes, before, inOneWord }) => {
          const name = old ? (option.old ?? option.name) : option.name;
          const word = `${before}${dashes}${name}`;
          return inOneWord ? [`${word}=${value}`] : [word, value];
        });
        const notCut = options.filter(({ option }) => option.name !== 'filter-prefix');
        fc.pre(notCut.length === options.length);
        const given = Map.groupBy(options, ({ option }) => option);
        const expected = Object.fromEntries(
          [...given].map(([{ name, repeatable }, all]) => {
            const values = all.map(({ value }) => value);
            return [name, repeatable ? values.join('\n') : values.at(-1)];
          }),
        );
        expect(valuesOf(...argv)).toEqual(expected);
      }),
    );
  });

  it('loses no word, whatever it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (argv) => {
        const { words, unknown, withoutValue } = read(...argv);
        const reported = words.length + unknown.length + withoutValue.length;
        const heard = argv.filter((word) => word !== '--').length;
        expect(reported).toBeLessThanOrEqual(heard);
        expect(reported * 2).toBeGreaterThanOrEqual(heard);
      }),
    );
  });

  it('is done with what it has made', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyOption, anyValue)), (options) => {
        const words = options.map(([{ name }, value]) => `--${name}=${value}`);
        expect(read(...words).words).toEqual(words);
      }),
    );
  });

  it.each([
    [['--ct', '-abc-'], { token: '-abc-' }],
    [['-ct', '--x'], { token: '--x' }],
    [[' --s', '2024-01-31'], { since: '2024-01-31' }],
    [['\u00a0--s', '2024-01-31'], { since: '2024-01-31' }],
    [[' --s 2024-01-31'], { since: '2024-01-31' }],
    [['--tp', ''], { 'table-prefix': '' }],
    [['--tp='], { 'table-prefix': '' }],
    [['--c', 'A', '--c', 'B'], { campaign: 'B' }],
    [['--v', '--c', 'A'], { verbose: 'true', campaign: 'A' }],
    [['-v=false'], { verbose: 'false' }],
    [['--v', 'false', '-p'], { verbose: 'false', profiler: 'true' }],
    [['--', '--c', 'A'], { campaign: 'A' }],
    [['--w', '08'], { 'request-concurrency': '08' }],
    [['--l', '5'], { 'log-level': '5' }],
    [['--url', 'mysql://u:p=-@h/d?a=b&c'], { url: 'mysql://u:p=-@h/d?a=b&c' }],
  ])('reads %j', (argv, values) => {
    expect(valuesOf(...argv)).toEqual(values);
  });

  it.each([
    [['--fp', "'fc_,qc_'", '--v'], "'fc_,qc_'"],
    [['--fp', "'fc_,", "qc_'", '--v'], "'fc_, qc_'"],
    [['--fp', "'", "fc_'"], "' fc_'"],
    [['--fp', "'fc_", '--c', "A'"], "'fc_"],
    [['--fp', 'fc_,"qc_"'], 'fc_,"qc_"'],
  ])('joins what a shell without single quotes has cut: %j', (argv, prefix) => {
    expect(valuesOf(...argv)).toMatchObject({ 'filter-prefix': prefix });
  });

  it('takes the spelling of an option for no value: the value was forgotten', () => {
    expect(read('--ct', '--url', 'sqlite:x')).toEqual({
      words: ['--url=sqlite:x'],
      unknown: [],
      withoutValue: ['token'],
      operands: 0,
    });
    expect(read('--c', '-v').withoutValue).toEqual(['campaign']);
    expect(read('--c').withoutValue).toEqual(['campaign']);
  });

  it('tells unknown options and words of none apart', () => {
    expect(read('dead-letters', '--nope', 'x', '--nope2=secret')).toMatchObject({
      words: ['dead-letters', 'x'],
      unknown: ['nope', 'nope2'],
      operands: 2,
    });
  });
});
