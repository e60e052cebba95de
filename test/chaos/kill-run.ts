import { type FaultSpec, type Simulator, startSimulator } from '@dbsync/simulator';
import { type Comparison, compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { type DbsyncChild, startDbsync } from '../harness/dbsync-child.ts';
import type { CopyTarget } from '../harness/targets.ts';
import { endWell, killAfter, untilAllIsSeen } from './child-ends.ts';
import { seededRandom } from './seeded-random.ts';

export interface KillRunOptions {
  readonly seed: number;
  readonly kills: number;
  readonly contacts: number;
  readonly target: CopyTarget;
  readonly log?: (line: string) => void;
}

export interface KillRunResult {
  readonly comparison: Comparison;
  /** The SIGKILLs that hit a running process: of db_init, of db_sync. */
  readonly killedInits: number;
  readonly killedSyncs: number;
}

/** The faults of an API on a bad day, all at once. */
const FAULTS: readonly FaultSpec[] = [
  { kind: 'status', status: 503, probability: 0.04 },
  { kind: 'status', status: 429, retryAfter: 0, probability: 0.02 },
  { kind: 'html', probability: 0.02 },
  { kind: 'reset', probability: 0.03 },
  { kind: 'truncate', how: 'broken', probability: 0.02 },
  { kind: 'truncate', how: 'silent', probability: 0.02 },
  { kind: 'missing-ids', share: 0.05, endpoint: 'contacts', probability: 0.05 },
  { kind: 'lag', ms: 2_000, probability: 0.05 },
  { kind: 'date', offsetMs: 3 * 86_400_000, probability: 0.02 },
  { kind: 'refuse-cursor', probability: 0.05 },
];

const LEASE_S = 2;
const EVENTS_PER_SECOND = 40;

/**
 * Kills db_init, then db_sync with live activity, at random instants; then ends the API's faults, lets one more db_sync
 * read everything, and compares the copy with the truth.
 */
export async function killRun({
  seed,
  kills,
  contacts,
  target,
  log = () => {},
}: KillRunOptions): Promise<KillRunResult> {
  const random = seededRandom(seed);
  const simulator = await startSimulator({ seed, contacts, hostileEvery: 50, faults: FAULTS });
  const start = (mode: string) => startDbsync(optionsOf(mode, simulator, target));
  try {
    const initKills = Math.floor(kills / 2);
    const killedInits = await killInits(initKills, () => start('db_init'), random, log);
    simulator.activity.start(EVENTS_PER_SECOND);
    const killedSyncs = await killSyncs(kills - killedInits, () => start('db_sync'), random, log);
    simulator.activity.stop();
    simulator.faults.clear();
    const last = start('db_sync');
    await untilAllIsSeen(last);
    await endWell(last, log);
    const comparison = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    return { comparison, killedInits, killedSyncs };
  } finally {
    await simulator.close();
  }
}

function optionsOf(mode: string, { campaign, token, url }: Simulator, target: CopyTarget) {
  return { mode, campaign, token, 'api-url': url, url: target.url, interval: 1, lease: LEASE_S };
}

/** Kills a copy at random instants until it has been killed often enough; its work is never begun again. */
async function killInits(kills: number, start: () => DbsyncChild, random: () => number, log: (line: string) => void) {
  let killed = 0;
  let ends = 0;
  while (killed < kills && ends < 2) {
    const delayMs = 200 + random() * 2_000;
    const how = await killAfter(start(), delayMs);
    if (how === 'SIGKILL') killed++;
    else ends++;
    log(`db_init ended by ${how} after ${Math.round(delayMs)} ms`);
  }
  const last = start();
  const how = await last.ended;
  if (how !== 0) throw new Error(`db_init ended with ${how}:\n${last.output().slice(-4_000)}`);
  return killed;
}

async function killSyncs(kills: number, start: () => DbsyncChild, random: () => number, log: (line: string) => void) {
  for (let killed = 0; killed < kills; killed++) {
    const delayMs = 300 + random() * 2_500;
    const child = start();
    const how = await killAfter(child, delayMs);
    log(`db_sync ended by ${how} after ${Math.round(delayMs)} ms`);
    if (how !== 'SIGKILL') throw new Error(`db_sync ended by itself (${how}):\n${child.output().slice(-4_000)}`);
  }
  return kills;
}
