import { CliError } from '../cli-error.js';
import { configWarnings } from '../config/config-warnings.js';
import { connectionsLine, connectionsOfFile, type NeededConnections } from '../config/needed-connections.js';
import { problemsAtStart } from '../config/problems-at-start.js';
import { readConfig, refuseProblems } from '../config/read-config.js';
import type { Ending } from '../exit-code.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { formatCounted } from '../terminal/figures.js';
import { printReport } from '../terminal/print-report.js';
import type { CommandContext } from './command-context.js';

/** Runs `config check`: shows all errors of a file of campaigns at once, and connects to nothing. */
export async function configCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, variables } = context;
  const [action, named, ...more] = operands;
  if (action !== 'check' || more.length > 0) {
    throw unexpectedAction('config', action === 'check' ? more[0] : action, ['check']);
  }
  const file = named ?? values.get('config');
  if (file === undefined) {
    throw new CliError('CLI_OPTION_MISSING', 'config check needs a file: dbsync config check FILE');
  }
  const config = await readConfig(file, context);
  const problems = config.problems.length > 0 ? config.problems : await problemsAtStart(config, context);
  const connections = problems.length > 0 ? [] : await connectionsOfFile(config, context);
  const report = {
    type: 'config-check',
    file,
    campaigns: config.campaigns.map(({ name }) => name),
    problems: problems.map(({ position, ...problem }) => ({ ...position, ...problem })),
    warnings: configWarnings(file, config, { options: config.options, variables }).map(({ code, message }) => ({
      code,
      message,
    })),
    connections,
  };
  printReport(context, report, { lines: linesOf });
  refuseProblems({ ...config, problems });
  return { kind: 'done' };
}

interface CheckReport {
  readonly file: string;
  readonly campaigns: readonly string[];
  readonly problems: readonly unknown[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly connections: readonly NeededConnections[];
}

/** Returns the lines of a report. Its errors are those of the failure that ends the command. */
function linesOf({ file, campaigns, problems, warnings, connections }: CheckReport): readonly string[] {
  const count = formatCounted(campaigns.length, 'campaign');
  const result = problems.length === 0 ? `${file}: ${count}, no errors.` : `${file}: ${count}.`;
  return [...warnings.map(({ code, message }) => `${code}: ${message}`), ...connections.map(connectionsLine), result];
}
