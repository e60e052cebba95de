// npm run chaos -- [--engine NAME] [--kills 50] [--seed N] [--contacts 3000]
// npm run chaos -- --server-kills 20 [--engine NAME] [--seed N]
// Kills dbsync, or with --server-kills the database server under it, and compares the copy with the truth.
import { parseArgs } from 'node:util';
import type { Comparison } from '../harness/compare-with-truth.ts';
import { ENGINES, openTargets, type Targets } from '../harness/targets.ts';
import { killRun } from './kill-run.ts';
import { killServer } from './server-kills.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    kills: { type: 'string', default: '50' },
    'server-kills': { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    contacts: { type: 'string', default: '3000' },
  },
});
const engines = ENGINES.filter((name) => values.engine === undefined || values.engine === name);
if (engines.length === 0) {
  console.error(`Unknown engine "${values.engine}". Known: ${ENGINES.join(', ')}.`);
  process.exit(2);
}
const [kills, serverKills, seed] = [Number(values.kills), Number(values['server-kills']), Number(values.seed)];
const contacts = Number(values.contacts);
const log = (line: string) => console.log(`  ${line}`);
let failures = 0;

for (const engine of engines) {
  if (serverKills > 0 && engine === 'sqlite') continue;
  console.log(`${engine}, seed ${seed}:`);
  await using targets = await openTargets(engine);
  const { comparison, what } = serverKills > 0 ? await underServerKills(targets) : await underKills(targets);
  const { differences, rows } = comparison;
  for (const difference of differences.slice(0, 10)) log(`differs: ${JSON.stringify(difference).slice(0, 400)}`);
  const verdict = differences.length === 0 ? 'equals the truth' : `${differences.length} differences`;
  console.log(`${engine}: ${what}; ${rows} rows: ${verdict}`);
  failures += differences.length;
}
process.exit(failures === 0 ? 0 : 1);

interface Outcome {
  readonly comparison: Comparison;
  readonly what: string;
}

async function underKills(targets: Targets): Promise<Outcome> {
  await using target = await targets.create();
  const { comparison, killedInits, killedSyncs } = await killRun({ seed, kills, contacts, target, log });
  return { comparison, what: `${killedInits} db_init and ${killedSyncs} db_sync killed` };
}

async function underServerKills(targets: Targets): Promise<Outcome> {
  const { comparison, recovered } = await killServer({ seed, kills: serverKills, targets, log });
  return { comparison, what: `the server killed ${serverKills} times, found again ${recovered} times` };
}
