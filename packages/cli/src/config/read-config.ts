import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { listSinkPlugins } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../commands/command-context.js';
import type { CommandOption, OptionValues } from '../options/command-option.js';
import { optionList } from '../options/option-list.js';
import { pluginFolders } from '../options/plugin-folders.js';
import { sinkCommandOptions } from '../options/sink-options.js';
import { systemReason } from '../system-reason.js';
import { type ConfigFile, readConfigText, readPluginDir } from './config-file.js';
import { problemText } from './config-problem.js';
import { inlineSecrets } from './config-warnings.js';

/** A file of campaigns, with the options that its keys may name. */
export interface ReadConfig extends ConfigFile {
  readonly file: string;
  /** The options of the command itself and of the installed sinks. */
  readonly options: readonly CommandOption[];
  readonly schemes: readonly string[];
  /** The options of the process: those of the command line and the environment over those of the file. */
  readonly ofProcess: OptionValues;
  /** The variables of the environment that hold its secrets. */
  readonly secretVariables: ReadonlySet<string>;
}

/** The most bytes: more than a thousand campaigns need. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file of campaigns. Its secrets are guarded, and its errors are in `problems`.
 *
 * @throws CliError `CLI_FILE_UNREADABLE`
 */
export async function readConfig(
  file: string,
  { values, guard }: Pick<CommandContext, 'values' | 'guard'>,
): Promise<ReadConfig> {
  const text = await readText(file);
  const folder = dirname(resolve(file));
  const pluginDir = values.get('plugin-dir') ?? readPluginDir(text, folder, optionList);
  const { plugins } = await listSinkPlugins(pluginFolders(pluginDir));
  const manifests = plugins.map(({ manifest }) => manifest);
  const options = [...optionList, ...sinkCommandOptions(manifests)];
  const config = readConfigText(text, { options, folder });
  guard.protect(inlineSecrets(config, options));
  const ofProcess = new Map([...config.process, ...values]);
  const given = config.campaigns.flatMap(({ layer }) => [...layer.values()]);
  const secretVariables = new Set(given.filter(({ key }) => key.gives === 'variable').map(({ text }) => text));
  const schemes = manifests.flatMap((manifest) => manifest.schemes);
  return { ...config, file, options, schemes, ofProcess, secretVariables };
}

/** Throws one error that lists all errors of the file. */
export function refuseProblems({ file, problems }: ReadConfig): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'one error' : `${problems.length} errors`;
  const list = problems.map((problem) => problemText(file, problem)).join('\n');
  throw new CliError('CLI_CONFIG_INVALID', `${file} has ${count}:\n${list}`);
}

async function readText(file: string): Promise<string> {
  try {
    await using opened = await open(file);
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1);
    if (bytesRead <= MAX_BYTES) return buffer.toString('utf8', 0, bytesRead);
  } catch (cause) {
    const message = `The file of --config cannot be read (${systemReason(cause)}): ${file}`;
    throw new CliError('CLI_FILE_UNREADABLE', message, { cause });
  }
  throw new CliError('CLI_FILE_UNREADABLE', `The file of --config is larger than 1 MiB: ${file}`);
}
