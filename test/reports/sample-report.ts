import { startSimulator } from '@dbsync/simulator';
import { dbsync } from '../harness/command/copy-commands.ts';
import { openTargets } from '../harness/targets.ts';

/** The end of the sample's past: the same figures on each day. */
const HISTORY_END = Date.UTC(2026, 2, 1);
const CONTACTS = 1_500;

let made: Promise<string> | null = null;

/** Returns the page of a simulated campaign, made by the command from a SQLite copy. It is made once for each process. */
export function sampleReportPage(): Promise<string> {
  made ??= makePage();
  return made;
}

async function makePage(): Promise<string> {
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  const simulator = await startSimulator({ contacts: CONTACTS, historyEndMs: HISTORY_END });
  try {
    await succeeded(dbsync(simulator, target, ['--mode', 'db_init']));
    const period = ['--since', '2026-02-01', '--until', '2026-02-28', '--time-zone', 'Europe/Madrid'];
    return await succeeded(dbsync(simulator, target, ['report', '--html', '-', ...period]));
  } finally {
    await simulator.close();
  }
}

async function succeeded(run: ReturnType<typeof dbsync>): Promise<string> {
  const { code, stdout } = await run;
  if (code !== 0) throw new Error(stdout);
  return stdout;
}
