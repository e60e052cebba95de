import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maskedOutput } from './masked-output.ts';
import { pageBlocks } from './page-blocks.ts';
import { SCENARIOS } from './scenarios.ts';
import { createWorld } from './world.ts';

const PAGE = pageBlocks(readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8'));

describe('docs/operations.md (else run `node scripts/print-operations.ts`)', () => {
  it('shows commands under the headings that are played here, and under no others', () => {
    expect([...PAGE.keys()]).toEqual(Object.keys(SCENARIOS));
  });

  it.each(Object.entries(SCENARIOS))('%s: shows what the commands print', async (heading, scenario) => {
    await using world = await createWorld(scenario);
    await scenario.play(world);
    const blocks = PAGE.get(heading) ?? [];
    expect(world.outcomes.map(({ command }) => command)).toEqual(blocks.map(({ command }) => command));
    for (const [place, { command, output }] of world.outcomes.entries()) {
      expect(maskedOutput(output), command).toBe(maskedOutput(blocks[place]?.output ?? ''));
    }
  });

  it('tells another output from its own', () => {
    expect(maskedOutput('60 contacts in 1.2 s')).toBe(maskedOutput('60  contacts\nin 7 s'));
    expect(maskedOutput('60 contacts in 1.2 s')).not.toBe(maskedOutput('61 contacts in 1.2 s'));
  });
});
