// node scripts/print-operations.ts: runs the commands of docs/operations.md, and writes their outputs into the page and its
// translations.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PageBlock, withBlocks } from '../test/operations/page-blocks.ts';
import { SCENARIOS } from '../test/operations/scenarios.ts';
import { createWorld } from '../test/operations/world.ts';

const files = globSync(join(import.meta.dirname, '../docs/{,*/}operations.md'));
const blocks: PageBlock[] = [];
for (const scenario of Object.values(SCENARIOS)) {
  await using world = await createWorld(scenario);
  await scenario.play(world);
  blocks.push(...world.outcomes);
}
for (const file of files) {
  writeFileSync(file, withBlocks(readFileSync(file, 'utf8'), blocks));
  console.log(`Wrote ${blocks.length} outputs into ${file}.`);
}
process.exit(0);
