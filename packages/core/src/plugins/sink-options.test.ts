import { expect, it } from 'vitest';
import type { SinkManifest } from '../contract/index.js';
import { checkOptions, type GivenOptions } from './sink-options.js';

const MANIFEST: SinkManifest = {
  sinkApi: 1,
  schemes: ['redis', 'rediss'],
  entry: './index.js',
  options: {
    'max-fields': { type: 'number', help: 'How many.', default: 100, shared: true, affectsRows: true },
    kinds: { type: 'string', help: 'Which.', values: ['native', 'text'], default: 'native', affectsRows: true },
    strict: { type: 'boolean', help: 'Whether.', default: true, shared: true },
    key: { type: 'string', help: 'The key.', sensitive: true },
    level: { type: 'number', help: 'Which.', values: [1, 2] },
  },
};

function check(given: { [K in keyof GivenOptions]?: Record<string, string | number | boolean> }) {
  return checkOptions('dbsync-sink-redis', MANIFEST, {
    parameters: new Map(Object.entries((given.parameters ?? {}) as Record<string, string>)),
    schemeOptions: (given.schemeOptions ?? {}) as Record<string, string>,
    shared: given.shared ?? {},
  });
}

it('fills in the defaults, and leaves out what has none', () => {
  expect(check({})).toEqual({
    options: { kinds: 'native', 'max-fields': 100, strict: true },
    plan: 'kinds=native max-fields=100',
    secrets: [],
  });
});

it('takes all three ways, and gives values their type', () => {
  const { options, plan, secrets } = check({
    parameters: { level: '2', kinds: 'text' },
    schemeOptions: { 'rediss-key': 'k3y' },
    shared: { 'max-fields': 5, strict: false },
  });
  expect(options).toEqual({ key: 'k3y', kinds: 'text', level: 2, 'max-fields': 5, strict: false });
  expect(plan).toBe('kinds=text max-fields=5');
  expect(secrets).toEqual(['k3y']);
});

it('takes the same value twice, and a parameter without a value as a switch', () => {
  expect(check({ parameters: { strict: '' }, shared: { strict: true } }).options.strict).toBe(true);
});

it('knows an option in whatever case its words are, and however they are joined', () => {
  for (const name of ['MaxFields', 'max fields', 'max+fields', 'MAX_FIELDS', 'maxfields']) {
    expect(check({ parameters: { [name]: '7' } }).options['max-fields']).toBe(7);
  }
  expect(check({ parameters: { Strict: 'False' } }).options.strict).toBe(false);
  expect(() => check({ parameters: { maxFields: '7' }, shared: { 'max-fields': 8 } })).toThrow('contradict');
});

it('knows a value in whatever case it is written, and hands on the one of the manifest', () => {
  const { options, plan } = check({ parameters: { kinds: 'TEXT' } });
  expect(options.kinds).toBe('text');
  expect(plan).toContain('kinds=text');
});

it.each([
  ['SINK_OPTION_UNKNOWN', { parameters: { colour: 'red' } }, 'the URL parameter colour'],
  ['SINK_OPTION_UNKNOWN', { parameters: { colour: 'red' } }, 'key, kinds, level, max-fields, strict'],
  ['SINK_OPTION_UNKNOWN', { parameters: JSON.parse('{"__proto__":"x"}') }, 'the URL parameter __proto__'],
  ['SINK_OPTION_UNKNOWN', { schemeOptions: { 'redis-colour': 'red' } }, '--redis-colour'],
  ['SINK_OPTION_UNKNOWN', { schemeOptions: { 'mongo-key': 'red' } }, '--mongo-key'],
  ['SINK_OPTION_UNSUPPORTED', { shared: { prefix: 'a_' } }, '--prefix'],
  ['SINK_OPTION_UNSUPPORTED', { shared: { kinds: 'text' } }, '--kinds'],
  ['SINK_OPTION_INVALID', { parameters: { level: '3' } }, 'must be one of: 1, 2'],
  ['SINK_OPTION_INVALID', { parameters: { level: '1e0' } }, 'must be a number'],
  ['SINK_OPTION_INVALID', { parameters: { level: '' } }, 'must be a number'],
  ['SINK_OPTION_INVALID', { parameters: { strict: 'maybe' } }, 'must be true or false'],
  ['SINK_OPTION_INVALID', { parameters: { strict: 'true' }, shared: { strict: false } }, 'contradict'],
])('answers %s for %j', (code, given, words) => {
  expect(() => check(given)).toThrow(expect.objectContaining({ code }));
  expect(() => check(given)).toThrow(words);
});

it('does not send to the URL those whose sink owns the query', () => {
  const given = { parameters: new Map(), schemeOptions: { 'redis-colour': 'red' }, shared: {} };
  const check = () => checkOptions('dbsync-sink-redis', { ...MANIFEST, ownsQuery: true }, given);
  expect(check).toThrow('it has key, kinds, level, max-fields, strict, given as --redis-key and so on');
});

it('does not repeat a value that it refuses', () => {
  expect(() => check({ parameters: { key: 'hunter2', level: 'hunter3' } })).not.toThrow(/hunter/);
});
