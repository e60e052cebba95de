import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withClients } from '../harness/servers/database-clients.ts';
import { ENGINES } from '../harness/targets.ts';
import { maskedOutput } from './masked-output.ts';
import { pageBlocks } from './page-blocks.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { createWorld } from './world.ts';

const PAGE = pageBlocks(readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8'));

const PRODUCTS = await withClients(
  (['postgres', 'mariadb', 'mysql'] as const).filter((product) => ENGINES.includes(product)),
  'the backups of docs/operations.md',
);
/** The heading, the database, and what is played there. The page has MariaDB's commands for MySQL too. */
const PLAYED = Object.entries(SCENARIOS).flatMap(([heading, scenario]): [string, string, Scenario][] => {
  const { mode, database } = scenario;
  if (database === undefined) return [[heading, mode, scenario]];
  const products = PRODUCTS.filter((product) => (product === 'postgres') === (database === 'postgres'));
  return products.map((product) => [heading, product, { ...scenario, database: product }]);
});

describe('docs/operations.md (else run `node scripts/print-operations.ts`)', () => {
  it('shows commands under the headings that are played here, and under no others', () => {
    expect([...PAGE.keys()]).toEqual(Object.keys(SCENARIOS));
  });

  it.each(PLAYED)('%s: shows what the commands print (%s)', async (heading, _where, scenario) => {
    await using world = await createWorld(scenario);
    await scenario.play(world);
    const blocks = PAGE.get(heading) ?? [];
    expect(world.outcomes.map(({ command }) => command)).toEqual(blocks.map(({ command }) => command));
    for (const [index, { command, output }] of world.outcomes.entries()) {
      expect(maskedOutput(output), command).toBe(maskedOutput(blocks[index]?.output ?? ''));
    }
  });

  it('tells another output from its own', () => {
    expect(maskedOutput('60 contacts in 1.2 s')).toBe(maskedOutput('60  contacts\nin 7 s'));
    expect(maskedOutput('60 contacts in 1.2 s')).not.toBe(maskedOutput('61 contacts in 1.2 s'));
  });
});
