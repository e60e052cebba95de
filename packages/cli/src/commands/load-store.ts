import { type LoadedStore, loadSink } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import { asBadInput } from '../exit-code.js';
import type { TargetOptions } from '../options/target-options.js';
import type { CommandContext } from './command-context.js';

/** The database that the options name: loaded, not opened. Its secrets are guarded and its error codes known. */
export async function loadStore(
  target: TargetOptions,
  { guard, codes }: CommandContext,
  notify: (notice: SinkNotice) => void,
): Promise<LoadedStore> {
  const sink = await loadSink({
    url: target.url,
    pluginDir: target.pluginDir ?? undefined,
    from: import.meta.filename,
    shared: target.shared,
    schemeOptions: target.ofSinks,
    notify,
  }).catch((error: unknown) => {
    throw asBadInput(error);
  });
  guard.protect(sink.secrets);
  Object.assign(codes, sink.errorCodes);
  if (sink.kind === 'store') return sink;
  throw new CliError('CLI_SINK_UNFIT', `${sink.target} is a web service, and this command needs a database.`);
}
