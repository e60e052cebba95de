import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseManifest } from '../../packages/core/src/plugins/plugin-manifest.ts';
import { printedBlocks, typeErrors } from './printed-code.ts';
import { repositoryRoot } from './source-files.ts';

const guide = blocksOf('docs/writing-a-sink.md');
const declarations = join(repositoryRoot, 'test/fixtures/sink-guide');

it('docs/writing-a-sink.md type-checks as printed', () => {
  const paths = guide.filter(({ language }) => language === 'ts').map(({ path }) => path);
  expect(paths).toEqual([
    'src/index.ts',
    'src/shared-pool.ts',
    'src/queue-endpoint.ts',
    'test/store.test.ts',
    'test/endpoint.test.ts',
  ]);
  expect(guide.filter(({ language }) => language === 'js')).toEqual([]);
  expect(typeErrors(guide, declarations)).toBe('');
});

it('docs/writing-a-sink.md prints a manifest that core takes', () => {
  const manifest = guide.find(({ language }) => language === 'json')?.text ?? '';
  const { name, dbsync } = JSON.parse(manifest);
  expect(parseManifest(name, dbsync).schemes).toEqual(['redis', 'rediss']);
});

it('packages/core/README.md type-checks as printed', () => {
  const blocks = blocksOf('packages/core/README.md');
  expect(blocks.filter(({ language }) => language === 'ts')).toHaveLength(1);
  expect(typeErrors(blocks, null)).toBe('');
});

it('tells what does not type-check, by the file that the block says it is', () => {
  const page = "# A\n\n```ts\n// src/a.ts\nimport { createRedis } from '@dbsync/core/contract';\ncreateRedis();\n```\n";
  expect(typeErrors(printedBlocks(page), null)).toContain(
    'src/a.ts(2,10): error TS2305: Module \'"@dbsync/core/contract"\'',
  );
});

function blocksOf(path: string) {
  return printedBlocks(readFileSync(join(repositoryRoot, path), 'utf8'));
}
