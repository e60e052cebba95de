import { expect, it } from 'vitest';
import { sinkCommandOptions } from './sink-options.js';

it('makes an option of each that a manifest declares, once a scheme', () => {
  const options = sinkCommandOptions([
    {
      sinkApi: 1,
      schemes: ['redis', 'rediss'],
      entry: './index.js',
      options: {
        'table-prefix': { type: 'string', help: 'Prefix.', shared: true },
        strict: { type: 'boolean', help: 'Whether.', default: true },
        key: { type: 'string', help: 'The key.', default: 'none', sensitive: true },
        level: { type: 'number', help: 'Which.', values: [1, 2] },
      },
    },
  ]);
  expect(options.map(({ name }) => name)).toEqual(
    ['redis', 'rediss'].flatMap((scheme) =>
      ['table-prefix', 'strict', 'key', 'level'].map((name) => `${scheme}-${name}`),
    ),
  );
  const shown = options.filter(({ hidden }) => hidden !== true);
  expect(shown).toMatchObject([
    { name: 'redis-strict', type: 'flag', default: 'true' },
    { name: 'redis-key', type: 'text', sensitive: true },
    { name: 'redis-level', type: 'text', values: ['1', '2'] },
  ]);
  expect(shown[1]).not.toHaveProperty('default');
});
