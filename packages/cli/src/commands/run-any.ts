import type { Ending } from '../exit-code.js';
import type { CommandContext } from './command-context.js';

/** Runs the campaign of the options; with `--config` all campaigns of its file. */
export async function runAny(context: CommandContext): Promise<Ending> {
  if (context.values.has('config')) return (await import('./run-config.js')).runConfig(context);
  return (await import('./run-command.js')).runCommand(context);
}
