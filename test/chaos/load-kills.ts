import { type Simulator, startSimulator } from '@dbsync/simulator';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { type DbsyncChild, startDbsync } from '../harness/dbsync-child.ts';
import type { CopyTarget, Targets } from '../harness/targets.ts';
import { killAfter } from './child-ends.ts';
import { seededRandom } from './seeded-random.ts';

export interface LoadKillsOptions {
  readonly seed: number;
  readonly kills: number;
  readonly contacts: number;
  readonly targets: Targets;
  readonly log?: (line: string) => void;
}

export interface LoadKillsResult {
  readonly flaws: readonly string[];
  readonly rows: number;
  /** The SIGKILLs that hit a process while it loaded rows without keys, and while it built keys. */
  readonly killedLoads: number;
  readonly killedBuilds: number;
}

/** The longest time between an event and the kill. */
const LOAD_MS = 1_500;
const BUILD_MS = 400;
/** The most kills of one copy while its keys are built: each process builds a part of them. */
const MOST_BUILDS = 3;

/**
 * Kills first copies while their rows are loaded without keys, and while the keys are built; each copy is then completed, in
 * turns by db_init and db_sync, and compared with the truth (R20).
 */
export async function killLoads(options: LoadKillsOptions): Promise<LoadKillsResult> {
  const { seed, kills, contacts, targets, log = () => {} } = options;
  const random = seededRandom(seed);
  const simulator = await startSimulator({ seed, contacts, hostileEvery: 50 });
  const flaws: string[] = [];
  let [rows, killedLoads, killedBuilds] = [0, 0, 0];
  try {
    for (let round = 0; killedLoads + killedBuilds < kills; round += 1) {
      await using target = await targets.create();
      const start = (mode = 'db_init') => startDbsync(optionsOf(mode, simulator, target));
      if (round % 2 === 0) {
        const how = await killAt(start(), 'listed', random() * LOAD_MS);
        log(`copy ${round}: loading ended by ${how}`);
        if (how === 'SIGKILL') killedLoads += 1;
      }
      for (let builds = 0; builds < MOST_BUILDS && killedLoads + killedBuilds < kills; builds += 1) {
        const how = await killAt(start(), 'building', random() * BUILD_MS);
        log(`copy ${round}: building ended by ${how}`);
        if (how !== 'SIGKILL') break;
        killedBuilds += 1;
      }
      await complete(start, round % 4 < 2 ? 'db_init' : 'db_sync');
      const { differences, rows: found } = await target.read((copy) =>
        compareWithTruth(`${simulator.url}/__truth`, copy),
      );
      rows += found;
      flaws.push(...differences.map((difference) => `copy ${round}: ${JSON.stringify(difference)}`));
    }
  } finally {
    await simulator.close();
  }
  return { flaws, rows, killedLoads, killedBuilds };
}

function optionsOf(mode: string, { campaign, token, url }: Simulator, target: CopyTarget) {
  return { mode, campaign, token, 'api-url': url, url: target.url, interval: 1, lease: 2 };
}

/** Kills the process this time after its first event of the type. A process that never sends it ends by itself. */
async function killAt(child: DbsyncChild, type: string, afterMs: number): Promise<number | NodeJS.Signals> {
  const isThere = await child
    .next((event) => event.type === type)
    .then(
      () => true,
      () => false,
    );
  return isThere ? killAfter(child, afterMs) : child.ended;
}

async function complete(start: (mode: string) => DbsyncChild, mode: string): Promise<void> {
  const last = start(mode);
  if (mode === 'db_sync') {
    await last.next((event) => event.type === 'part-done' && event.part === 'listing');
    await last.next((event) => event.type === 'cycle');
    last.kill('SIGTERM');
  }
  const how = await last.ended;
  if (how !== 0) throw new Error(`${mode} ended with ${how}:\n${last.output().slice(-4_000)}`);
}
