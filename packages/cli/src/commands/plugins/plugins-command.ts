import { listSinkPlugins, type SinkPlugin } from '@dbsync/core/cli-kit';
import { SINK_API } from '@dbsync/core/contract';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { pluginPlaces } from '../../options/plugin-places.js';
import { unexpectedAction } from '../../options/unexpected-action.js';
import { printReport } from '../../terminal/print-report.js';
import { wrapText } from '../../terminal/wrap-text.js';
import type { CommandContext } from '../command-context.js';
import { testSink } from './test-sink.js';

const ACTIONS = ['list', 'test'] as const;
const COLUMNS = 80;

/** Runs `plugins list` and `plugins test`. */
export async function pluginsCommand(context: CommandContext): Promise<Ending> {
  const [action, ...others] = context.operands;
  if (action !== 'list' && action !== 'test') throw unexpectedAction('plugins', action, ACTIONS);
  if (others.length > 0) {
    throw new CliError('CLI_WORD_UNEXPECTED', `plugins ${action} takes no further words. The target: --url TARGET`);
  }
  return action === 'list' ? listPlugins(context) : testSink(context);
}

async function listPlugins(context: CommandContext): Promise<Ending> {
  const { values } = context;
  const found = await listSinkPlugins(pluginPlaces(values.get('plugin-dir')));
  const plugins = found.plugins.map(described);
  const unusable = found.unusable.map(({ packageName, error }) => ({ package: packageName, reason: error.message }));
  printReport(context, { type: 'plugins', sinkApi: SINK_API, plugins, unusable }, { lines: listLines });
  return { kind: 'done' };
}

interface PluginList {
  readonly plugins: readonly ReturnType<typeof described>[];
  readonly unusable: readonly { readonly reason: string }[];
}

function listLines({ plugins, unusable }: PluginList): readonly string[] {
  if (plugins.length + unusable.length === 0)
    return ['No sinks are installed. npm install --global @dbsync/sink-sqlite'];
  return [...plugins.flatMap(linesOf), ...unusable.flatMap(({ reason }) => wrapText(reason, COLUMNS))];
}

function described({ packageName, version, directory, manifest }: SinkPlugin) {
  const isOfficial = packageName.startsWith('@dbsync/sink-');
  return {
    package: packageName,
    version,
    sinkApi: manifest.sinkApi,
    isOfficial,
    schemes: manifest.schemes,
    path: directory,
  };
}

function linesOf({
  package: name,
  version,
  sinkApi,
  isOfficial,
  schemes,
  path,
}: ReturnType<typeof described>): string[] {
  const origin = isOfficial ? 'of dbsync' : 'of a third party';
  return [
    `${name} ${version}, ${origin}`,
    `  serves    ${schemes.map((scheme) => `${scheme}:`).join(', ')}`,
    `  contract  ${sinkApi} (this dbsync: ${SINK_API})`,
    `  path      ${path}`,
  ];
}
