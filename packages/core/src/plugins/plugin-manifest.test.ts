import { expect, it } from 'vitest';
import { parseManifest } from './plugin-manifest.js';

const OPTION = { type: 'number', help: 'How many.', values: [1, 2], default: 1, shared: true, affectsRows: true };
const MANIFEST = {
  sinkApi: 1,
  schemes: ['redis', 'rediss'],
  entry: './dist/index.js',
  options: { many: OPTION },
  ownsQuery: true,
  languages: ['./languages', '@dbsync/sql', 'lamp-base'],
};

it('takes a manifest that is right, with and without options', () => {
  expect(parseManifest('dbsync-sink-redis', MANIFEST)).toEqual(MANIFEST);
  const { options, ...without } = MANIFEST;
  expect(options).toBeDefined();
  expect(parseManifest('dbsync-sink-redis', without)).toEqual({ ...without, options: {} });
});

it.each([
  ['"dbsync"', undefined],
  ['"dbsync"', []],
  ['"dbsync.sinkApi"', { ...MANIFEST, sinkApi: '1' }],
  ['"dbsync.schemes"', { ...MANIFEST, schemes: [] }],
  ['"dbsync.schemes"', { ...MANIFEST, schemes: 'redis' }],
  ['"dbsync.schemes"', { ...MANIFEST, schemes: ['Redis'] }],
  ['"dbsync.schemes"', { ...MANIFEST, schemes: ['redis', 'redis'] }],
  ['"dbsync.entry"', { ...MANIFEST, entry: undefined }],
  ['"dbsync.entry"', { ...MANIFEST, entry: '../elsewhere.js' }],
  ['"dbsync.entry"', { ...MANIFEST, entry: './a/../../b.js' }],
  ['"dbsync.options"', { ...MANIFEST, options: [] }],
  ['"dbsync.ownsQuery"', { ...MANIFEST, ownsQuery: 'yes' }],
  ['"dbsync.languages"', { ...MANIFEST, languages: './languages' }],
  ['"dbsync.languages"', { ...MANIFEST, languages: [] }],
  ['"dbsync.languages"', { ...MANIFEST, languages: ['../languages'] }],
  ['"dbsync.languages"', { ...MANIFEST, languages: ['./a/../../b'] }],
  ['"dbsync.languages"', { ...MANIFEST, languages: ['/etc'] }],
  ['"dbsync.colour"', { ...MANIFEST, colour: 'red' }],
  ['"dbsync.options.Many"', { ...MANIFEST, options: { Many: OPTION } }],
  ['"dbsync.options.many"', { ...MANIFEST, options: { many: 5 } }],
  ['"dbsync.options.many.type"', { ...MANIFEST, options: { many: { ...OPTION, type: 'date' } } }],
  ['"dbsync.options.many.help"', { ...MANIFEST, options: { many: { ...OPTION, help: ' ' } } }],
  ['"dbsync.options.many.values"', { ...MANIFEST, options: { many: { ...OPTION, values: ['1'] } } }],
  ['"dbsync.options.many.values"', { ...MANIFEST, options: { many: { type: 'boolean', help: 'X.', values: [true] } } }],
  ['"dbsync.options.many.default"', { ...MANIFEST, options: { many: { ...OPTION, default: 3 } } }],
  ['"dbsync.options.many.default"', { ...MANIFEST, options: { many: { ...OPTION, values: undefined, default: '3' } } }],
  ['"dbsync.options.many.shared"', { ...MANIFEST, options: { many: { ...OPTION, shared: 'yes' } } }],
  ['"dbsync.options.many.affectsRows"', { ...MANIFEST, options: { many: { ...OPTION, sensitive: true } } }],
  ['"dbsync.options.many.colour"', { ...MANIFEST, options: { many: { ...OPTION, colour: 'red' } } }],
])('refuses a wrong %s, naming the package: %j', (key, block) => {
  const parse = () => parseManifest('dbsync-sink-redis', block);
  expect(parse).toThrow(expect.objectContaining({ code: 'PLUGIN_MANIFEST_INVALID' }));
  expect(parse).toThrow('dbsync-sink-redis');
  expect(parse).toThrow(key);
});

it.each([
  [2, 'Upgrade dbsync.'],
  [0, 'Upgrade the plugin.'],
])('refuses version %d of the contract before it looks at anything else', (sinkApi, remedy) => {
  const parse = () => parseManifest('dbsync-sink-redis', { ...MANIFEST, sinkApi, colour: 'red' });
  expect(parse).toThrow(expect.objectContaining({ code: 'PLUGIN_API_MISMATCH' }));
  expect(parse).toThrow('dbsync-sink-redis');
  expect(parse).toThrow(remedy);
});
