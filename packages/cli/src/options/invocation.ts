import { listSinkPlugins, type SinkPlugin } from '@dbsync/core/cli-kit';
import { type CommandLine, readCommandLine } from './command-line.js';
import type { CommandOption, OptionValues } from './command-option.js';
import { doubtfulVariables, readEnvironment } from './environment.js';
import { optionList } from './option-list.js';
import { pluginFolders } from './plugin-folders.js';
import { sinkCommandOptions } from './sink-options.js';

/** The command line and the environment, read with all known options. Nothing is checked yet. */
export interface Invocation extends CommandLine {
  /** The options of the command itself and those of installed sinks. */
  readonly options: readonly CommandOption[];
  readonly environment: OptionValues;
  /** Sentences about variables that are probably misspelled. */
  readonly doubts: readonly string[];
}

/** An invocation that was read with the options of all installed sinks. */
export interface CompleteInvocation extends Invocation {
  readonly plugins: readonly SinkPlugin[];
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads with the command's own options alone: no file is read. */
export function readOwnOptions(argv: readonly string[], variables: Variables): Invocation {
  return readWith(optionList, argv, variables);
}

/**
 * Reads with the options of installed sinks too. `--plugin-dir` decides which sinks those are, so this comes second.
 *
 * @param own the same input, read with the command's own options
 */
export async function readAllOptions(
  own: Invocation,
  argv: readonly string[],
  variables: Variables,
): Promise<CompleteInvocation> {
  const pluginDir = own.values.get('plugin-dir') ?? own.environment.get('plugin-dir');
  const { plugins } = await listSinkPlugins(pluginFolders(pluginDir));
  const ofSinks = sinkCommandOptions(plugins.map(({ manifest }) => manifest));
  return { ...readWith([...optionList, ...ofSinks], argv, variables), plugins };
}

function readWith(options: readonly CommandOption[], argv: readonly string[], variables: Variables): Invocation {
  return {
    ...readCommandLine(argv, options),
    options,
    environment: readEnvironment(variables, options),
    doubts: doubtfulVariables(variables, options),
  };
}
