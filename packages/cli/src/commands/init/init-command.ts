import { resolve } from 'node:path';
import { quotedForShell } from '@dbsync/core/cli-kit';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { isTrue } from '../../options/checked-values.js';
import { runOptions } from '../../options/run-options.js';
import { secretsOf } from '../../options/secrets.js';
import { type Asking, canAsk, isAnsweredYes } from '../../terminal/ask.js';
import { printReport } from '../../terminal/print-report.js';
import type { CommandContext } from '../command-context.js';
import { doctorJson, examine } from '../doctor/doctor-command.js';
import { doctorLines } from '../doctor/doctor-text.js';
import { unlessStopped } from '../stop-signals.js';
import { askForMissing } from './init-questions.js';
import { writeCampaign } from './write-campaign.js';

const DRAIN_LIMIT_MS = 10_000;
const USUAL_FILE = 'dbsync.yaml';

/**
 * Runs `init`: asks for what is missing, tries token and target, then adds the campaign to a file of campaigns, with its secrets in
 * files of their own. Without a terminal it asks nothing.
 */
export async function initCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output, guard } = context;
  const [named, ...more] = operands;
  if (more.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'init takes one word: the file. dbsync init FILE');
  const file = resolve(named ?? values.get('config') ?? USUAL_FILE);
  const asking: Asking = { input: process.stdin, output: process.stderr };
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    const isAsked = canAsk(asking);
    const all = isAsked ? await askForMissing(values, asking, signal) : values;
    guard.protect(secretsOf(all, context.options));
    // Refuses a value that is missing or wrong before anything is tried.
    runOptions(all);
    const own = { ...context, values: all };
    const { findings } = await examine(own, { sendsSample: false, signal });
    const tried = findings.filter(({ part }) => part === 'api' || part === 'target' || part === 'receiver');
    printReport(own, tried, { lines: doctorLines, json: doctorJson });
    const isUnfit = tried.some(({ level }) => level === 'fail');
    const question = 'A check failed. Write the file nevertheless?';
    if (isUnfit && !isTrue(values.get('yes')) && !(isAsked && (await isAnsweredYes(question, asking, signal)))) {
      output.line('Nothing was written. Correct the failures, or give --yes.');
      return { kind: 'unfit' };
    }
    const written = writeCampaign(file, own);
    const report = { type: 'init', file, written, name: all.get('name') ?? all.get('campaign') ?? '' };
    printReport(own, report, { lines: (masked) => linesOf(masked, all.get('mode') ?? '') });
    return { kind: 'done' };
  });
}

/** Returns the paths written, and the commands that follow. `db_sync` alone would copy changes from now on, and none before. */
function linesOf(
  { file, written, name }: { readonly file: string; readonly written: readonly string[]; readonly name: string },
  mode: string,
): readonly string[] {
  const config = quotedForShell(file);
  const firstCopy = `First copy: dbsync run --config ${config} --campaign ${quotedForShell(name)} --mode db_init`;
  return [
    ...written.map((path) => `Written: ${path}`),
    `Next: dbsync config check ${config}`,
    ...(mode === 'db_sync' ? [firstCopy] : []),
    `Then: dbsync run --config ${config}`,
  ];
}
