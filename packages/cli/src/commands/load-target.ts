import { type LoadedEndpoint, type LoadedSink, type LoadedStore, loadSink } from '@dbsync/core';
import type { SinkNotice, SinkShare } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import { asBadInput } from '../exit-code.js';
import { pluginFolders } from '../options/plugin-folders.js';
import type { TargetOptions } from '../options/target-options.js';
import type { CommandContext } from './command-context.js';
import { proxyTo } from './proxy-to.js';

/**
 * Loads the target that the options name, and does not open it. Its secrets are guarded and its error codes known.
 *
 * @param looking `onlyLooks`: the command makes no file and no table; `copyMayBeMissing`: it also opens a target without a
 * copy. Default: false. `share`: with the sinks of other campaigns. Default: it is alone
 */
export async function loadTarget(
  target: TargetOptions,
  context: CommandContext,
  notify: (notice: SinkNotice) => void,
  looking: { readonly onlyLooks?: boolean; readonly copyMayBeMissing?: boolean; readonly share?: SinkShare } = {},
): Promise<LoadedSink> {
  const { guard, codes, output } = context;
  output.language.useSinkOf(target.url);
  const sink = await loadSink({
    url: target.url,
    ...pluginFolders(target.pluginDir),
    shared: target.shared,
    schemeOptions: target.ofSinks,
    proxy: proxyTo(target.url, context) ?? undefined,
    ...looking,
    notify,
  }).catch((error: unknown) => {
    throw asBadInput(error);
  });
  guard.protect(sink.secrets);
  Object.assign(codes, sink.errorCodes);
  return sink;
}

/** Returns the store. Throws where the target is a web service. */
export function asStore(sink: LoadedSink): LoadedStore {
  if (sink.kind === 'store') return sink;
  throw new CliError('CLI_SINK_UNFIT', `${sink.target} is a web service: use --mode webhook (--a webhook) for it.`);
}

/** Returns the endpoint. Throws where the target is a database. */
export function asEndpoint(sink: LoadedSink): LoadedEndpoint {
  if (sink.kind === 'endpoint') return sink;
  throw new CliError('CLI_SINK_UNFIT', `${sink.target} is a database: use --mode db_sync (--a db_sync) for it.`);
}
