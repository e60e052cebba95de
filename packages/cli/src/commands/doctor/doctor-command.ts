import { dirname } from 'node:path';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { readAuthorities } from '../../options/api-ca.js';
import { type RunOptions, runOptions } from '../../options/run-options.js';
import { lookForStateFile } from '../../options/state-file.js';
import { logFolders } from '../../reporting/log-place.js';
import { printReport } from '../../terminal/print-report.js';
import { packageVersion } from '../../version.js';
import type { CommandContext } from '../command-context.js';
import { startWarnings } from '../start-warnings.js';
import { unlessStopped } from '../stop-signals.js';
import { apiChecks } from './api-checks.js';
import type { DoctorFinding } from './doctor-finding.js';
import { doctorLines } from './doctor-text.js';
import { folderFacts } from './folder-facts.js';
import { machineFindings, warningFinding } from './machine-checks.js';
import { outboxChecks } from './outbox-checks.js';
import { pluginChecks } from './plugin-checks.js';
import { type PartOfDoctor, runParts } from './run-parts.js';
import { targetChecks } from './target-checks.js';

const DRAIN_LIMIT_MS = 10_000;

/** Runs `doctor`: checks all that a run depends on, changes nothing, and ends with 3 where a check failed. */
export async function doctorCommand(context: CommandContext): Promise<Ending> {
  const { operands, values } = context;
  if (operands.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'doctor takes no words.');
  const sendsSample = values.get('no-sample') !== 'true';
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    const { findings } = await examine(context, { sendsSample, signal });
    printReport(context, findings, { lines: doctorLines, json: doctorJson });
    return findings.some(({ level }) => level === 'fail') ? { kind: 'unfit' } : { kind: 'done' };
  });
}

/** The choices for an examination. */
export interface ExamineOptions {
  /** True: the receiver of webhooks gets one sample delivery. */
  readonly sendsSample: boolean;
  readonly signal: AbortSignal;
}

/** Makes all checks for which the options suffice. Ends within a minute, whatever hangs. */
export async function examine(context: CommandContext, { sendsSample, signal }: ExamineOptions) {
  const { values, codes } = context;
  // The other options are checked; a check that needs one of these reports that it was not given.
  const options = runOptions(new Map([...Object.entries(NOT_GIVEN), ...values]));
  const given = (name: 'campaign' | 'token') => (values.has(name) ? options[name] : null);
  const isWebhook = options.mode === 'webhook' || /^https?:/i.test(options.target.url);
  const file = isWebhook ? lookForStateFile(options.webhook, options.campaign) : null;
  const { apiUrl, apiCa } = options;
  const authorities = () => readAuthorities(apiCa);
  const access = { apiUrl, campaign: given('campaign'), token: given('token'), authorities };
  const target = values.has('url') ? options.target : null;
  const parts: readonly PartOfDoctor[] = [
    machineChecks(options, context, file),
    apiChecks(access, context),
    pluginChecks(context),
    targetChecks({ target, mode: values.has('mode') ? options.mode : null, sendsSample }, context),
    ...(file === null || !values.has('campaign') ? [] : [outboxChecks(file, options, context)]),
  ];
  return { findings: await runParts(parts, codes, signal) };
}

const NOT_GIVEN = { mode: 'db_sync', campaign: 'CAMPAIGN', token: 'TOKEN', url: 'none:' };

function machineChecks(
  { apiUrl, log: { directory } }: RunOptions,
  context: CommandContext,
  file: string | null,
): PartOfDoctor {
  return {
    part: 'machine',
    checks: [],
    deadlineMs: 10_000,
    run: async (tell) => {
      const logs = folderFacts(logFolders(directory));
      const state = file === null ? null : folderFacts([dirname(file)]);
      const existing = (facts: typeof logs) => (facts?.exists === true ? facts.folder : null);
      const facts = { nodeVersion: process.versions.node, logs, state, areLogsNamed: directory !== null };
      for (const finding of machineFindings(facts)) tell(finding);
      for (const what of context.doubts) tell(warningFinding({ code: 'CLI_VARIABLE_UNKNOWN', what, remedy: null }));
      const folders = { logs: existing(logs), state: existing(state) };
      const unsafe = startWarnings({ apiUrl }, context, folders).filter(({ code }) => code !== 'CLI_API_NOT_ENCRYPTED');
      for (const warning of unsafe) tell(warningFinding(warning));
    },
  };
}

/** The report as the documented object. */
export function doctorJson(findings: readonly DoctorFinding[]) {
  const count = (level: DoctorFinding['level']) => findings.filter((finding) => finding.level === level).length;
  const [passed, warnings, failures, notChecked] = [count('pass'), count('warn'), count('fail'), count('not-checked')];
  return { type: 'doctor', version: packageVersion(), passed, warnings, failures, notChecked, findings };
}
