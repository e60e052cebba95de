// npm run chaos -- [--engine NAME|webhook] [--kills 50] [--seed N] [--contacts 3000]
// npm run chaos -- --load-kills 20 [--engine NAME] [--seed N] [--contacts 3000]
// npm run chaos -- --server-kills 20 [--engine NAME] [--seed N]
// Kills dbsync, with --load-kills while a first copy is loaded without keys or its keys are built, or with --server-kills the database server under it, and compares the copy with the truth.
import { parseArgs } from 'node:util';
import type { Comparison } from '../harness/compare/compare-with-truth.ts';
import { ENGINES, type EngineName, OWN_SERVERS, openTargets } from '../harness/targets.ts';
import { killRun } from './kill-run.ts';
import { killLoads } from './load-kills.ts';
import { killServer } from './server-kills.ts';
import { killWebhook } from './webhook-kills.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    kills: { type: 'string', default: '50' },
    'load-kills': { type: 'string', default: '0' },
    'server-kills': { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    contacts: { type: 'string', default: '3000' },
  },
});
const WEBHOOK = 'webhook' as const;
const engines = [...ENGINES, WEBHOOK].filter((name) => values.engine === undefined || values.engine === name);
if (engines.length === 0) {
  console.error(`Unknown engine "${values.engine}". Known: ${ENGINES.join(', ')}.`);
  process.exit(2);
}
const [kills, serverKills, seed] = [Number(values.kills), Number(values['server-kills']), Number(values.seed)];
const loadKills = Number(values['load-kills']);
const contacts = Number(values.contacts);
const log = (line: string) => console.log(`  ${line}`);
let failures = 0;

for (const engine of engines) {
  if (loadKills > 0 && (engine === WEBHOOK || engine === 'mssql')) continue;
  if (serverKills > 0 && (engine === WEBHOOK || !OWN_SERVERS.includes(engine))) continue;
  console.log(`${engine}, seed ${seed}:`);
  const { what, flaws } = engine === WEBHOOK ? await underWebhookKills() : await onDatabase(engine);
  for (const flaw of flaws.slice(0, 10)) log(`differs: ${flaw.slice(0, 400)}`);
  console.log(`${engine}: ${what}: ${flaws.length === 0 ? 'equals the truth' : `${flaws.length} differences`}`);
  failures += flaws.length;
}
process.exit(failures === 0 ? 0 : 1);

interface KillResult {
  readonly what: string;
  readonly flaws: readonly string[];
}

async function onDatabase(engine: EngineName): Promise<KillResult> {
  await using targets = await openTargets(engine);
  if (serverKills > 0) {
    const { comparison, recovered } = await killServer({ seed, kills: serverKills, targets, log });
    return outcome(`the server killed ${serverKills} times, found again ${recovered} times`, comparison);
  }
  if (loadKills > 0) {
    const { flaws, rows, killedLoads, killedBuilds } = await killLoads({
      seed,
      kills: loadKills,
      contacts,
      targets,
      log,
    });
    return { what: `${killedLoads} loads and ${killedBuilds} builds of keys killed; ${rows} rows`, flaws };
  }
  await using target = await targets.create();
  const { comparison, killedInits, killedSyncs } = await killRun({ seed, kills, contacts, target, log });
  return outcome(`${killedInits} db_init and ${killedSyncs} db_sync killed`, comparison);
}

function outcome(how: string, { rows, differences }: Comparison): KillResult {
  return { what: `${how}; ${rows} rows`, flaws: differences.map((difference) => JSON.stringify(difference)) };
}

async function underWebhookKills(): Promise<KillResult> {
  const { flaws, deliveries, transactions } = await killWebhook({ seed, kills, downMs: 120_000, log });
  return { what: `${kills} kills; ${deliveries} deliveries accepted of ${transactions} transactions`, flaws };
}
