import { systemClock } from '@dbsync/core';
import { startSimulator } from '@dbsync/simulator';
import { type Comparison, compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { type PrintedEvent, startDbsync } from '../harness/dbsync-child.ts';
import type { Targets } from '../harness/targets.ts';
import { endWell, untilAllIsSeen } from './child-ends.ts';
import { seededRandom } from './seeded-random.ts';

export interface ServerKillsOptions {
  readonly seed: number;
  readonly kills: number;
  readonly targets: Targets;
  readonly log?: (line: string) => void;
}

export interface ServerKillsResult {
  readonly comparison: Comparison;
  /** The number of times that the one daemon found the server again. */
  readonly recovered: number;
}

const NEVER = new AbortController().signal;
const EVENTS_PER_SECOND = 60;
/** An instant before the simulator's past. */
const SINCE = new Date(Date.now() - 32 * 86_400_000).toISOString();

/**
 * Kills the database server again and again under one daemon that copies live activity, each time at a random moment
 * after it has committed something new; then compares the copy with the truth.
 */
export async function killServer({
  seed,
  kills,
  targets,
  log = () => {},
}: ServerKillsOptions): Promise<ServerKillsResult> {
  const { server } = targets;
  if (server === null) throw new Error('Only engines with a server have one to kill');
  const random = seededRandom(seed);
  const simulator = await startSimulator({ seed, contacts: 500, hostileEvery: 50 });
  await using target = await targets.create();
  const { campaign, token, url } = simulator;
  const start = () =>
    startDbsync({
      ...{ mode: 'db_sync', since: SINCE, interval: 1, lease: 2 },
      ...{ campaign, token, 'api-url': url, url: target.url },
    });
  const daemon = start();
  try {
    await daemon.next(isCycle);
    simulator.activity.start(EVENTS_PER_SECOND);
    for (let kill = 1; kill <= kills; kill++) {
      await daemon.next((event) => isCycle(event) && Number(event.contacts) > 0);
      await systemClock.sleep(random() * 1_000, NEVER);
      const lost = daemon.next(({ type }) => type === 'waiting');
      await server.kill();
      await lost;
      const recovered = daemon.next(({ type }) => type === 'recovered');
      await server.restart();
      await recovered;
      log(`kill ${kill}: found again`);
    }
    simulator.activity.stop();
    await endWell(daemon, log);
    const last = start();
    await untilAllIsSeen(last);
    await endWell(last, log);
    const comparison = await target.read((copy) => compareWithTruth(`${url}/__truth`, copy));
    return { comparison, recovered: daemon.events.filter(({ type }) => type === 'recovered').length };
  } finally {
    daemon.kill('SIGKILL');
    await daemon.ended;
    await simulator.close();
  }
}

function isCycle({ type }: PrintedEvent): boolean {
  return type === 'cycle';
}
