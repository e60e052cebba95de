import { listSinkPlugins } from '@dbsync/core/cli-kit';
import { type CommandLine, readCommandLine } from './command-line.js';
import type { CommandOption, OptionValues } from './command-option.js';
import { doubtfulVariables, readEnvironment } from './environment.js';
import { optionList } from './option-list.js';
import { sinkCommandOptions } from './sink-options.js';

/** The command line and the environment, read with all options that there are. Nothing is checked yet. */
export interface Invocation extends CommandLine {
  /** The command's own and those of installed sinks. */
  readonly options: readonly CommandOption[];
  readonly environment: OptionValues;
  /** Sentences about variables that are probably misspelled. */
  readonly doubts: readonly string[];
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** With the command's own options alone: no file is read. */
export function readOwnOptions(argv: readonly string[], variables: Variables): Invocation {
  return readWith(optionList, argv, variables);
}

/** With those of installed sinks too. Which those are depends on `--plugin-dir`, so it comes second. */
export async function readAllOptions(argv: readonly string[], variables: Variables): Promise<Invocation> {
  const own = readOwnOptions(argv, variables);
  const pluginDir = own.values.get('plugin-dir') ?? own.environment.get('plugin-dir');
  const { plugins } = await listSinkPlugins({ pluginDir, from: import.meta.filename, calledAs: process.argv[1] });
  const ofSinks = sinkCommandOptions(plugins.map(({ manifest }) => manifest));
  return readWith([...optionList, ...ofSinks], argv, variables);
}

function readWith(options: readonly CommandOption[], argv: readonly string[], variables: Variables): Invocation {
  return {
    ...readCommandLine(argv, options),
    options,
    environment: readEnvironment(variables, options),
    doubts: doubtfulVariables(variables, options),
  };
}
