import { hash } from 'node:crypto';
import type {
  EndpointSink,
  ErrorCodes,
  OptionValue,
  SinkManifest,
  SinkNotice,
  SinkShare,
  StoreSink,
} from '../contract/index.js';
import { canonicalTarget } from '../records/canonical-target.js';
import { exposedOptions } from './exposed-options.js';
import { findPlugin, type PluginFolders } from './find-plugin.js';
import { guardEndpoint } from './guarded-endpoint.js';
import { guardStore } from './guarded-store.js';
import { loadPlugin } from './load-plugin.js';
import { describeAddress, parseSinkUrl, schemeOf } from './sink-address.js';
import { checkOptions } from './sink-options.js';

/** The target for which a sink is needed, and the places to search. */
export interface LoadSinkOptions extends PluginFolders {
  readonly url: string;
  /** Flags of the command itself that were given, by name without dashes; a `--no-` form has the value false. */
  readonly shared?: Readonly<Record<string, OptionValue>>;
  /** `--<scheme>-<name>` options that were given, by the text after the leading dashes. */
  readonly schemeOptions?: Readonly<Record<string, string>>;
  /** The HTTP proxy for a target of the scheme `http` or `https`. Default: none. */
  readonly proxy?: string | undefined;
  /** True for a command that only reads and creates nothing. Default: false. */
  readonly onlyLooks?: boolean;
  /** True for a command that checks a target before its first use. Default: false. */
  readonly copyMayBeMissing?: boolean;
  /** The things that it shares with other sinks of the process. Default: it is alone. */
  readonly share?: SinkShare;
  readonly notify: (notice: SinkNotice) => void;
}

/** A sink that is found, checked, loaded and guarded, and not opened. */
export type LoadedSink = LoadedStore | LoadedEndpoint;

/** A loaded sink with transactions. */
export interface LoadedStore extends SinkFacts {
  readonly kind: 'store';
  readonly store: StoreSink;
  /**
   * Identifies this database and the options: another database, or the same one with other options, has another place.
   * The login is no part of it.
   */
  readonly place: string;
}

/** A loaded sink without transactions. */
export interface LoadedEndpoint extends SinkFacts {
  readonly kind: 'endpoint';
  readonly endpoint: EndpointSink;
  /** Identifies this target without showing its path, which may be a secret. */
  readonly identity: string;
}

interface SinkFacts {
  readonly packageName: string;
  readonly version: string;
  /** The target for logs, without secrets. */
  readonly target: string;
  /** The options on which rows depend, apart from the API and the filter. */
  readonly plan: string;
  /** The texts to mask in all output: the password, and the values of sensitive options. */
  readonly secrets: readonly string[];
  /** The plugin's own error codes. */
  readonly errorCodes: ErrorCodes;
}

/**
 * Loads the sink for a URL: finds its plugin by the scheme, checks its options, and imports its module.
 *
 * @throws DbsyncError with a code `SINK_...` or `PLUGIN_...`; SinkError if the plugin refuses the target
 */
export async function loadSink(options: LoadSinkOptions): Promise<LoadedSink> {
  const {
    url,
    shared = {},
    schemeOptions = {},
    proxy,
    onlyLooks = false,
    copyMayBeMissing = false,
    share,
    notify,
  } = options;
  const plugin = await findPlugin(schemeOf(url), options);
  const { packageName, version, manifest } = plugin;
  const { address, parameters, secrets } = parseSinkUrl(url, manifest);
  const checked = checkOptions(packageName, manifest, { parameters, schemeOptions, shared });
  if (!onlyLooks || copyMayBeMissing) for (const notice of exposedOptions(manifest, checked.options)) notify(notice);
  const { sink, errorCodes } = await loadPlugin(plugin, {
    address,
    options: checked.options,
    ...(proxy !== undefined && { proxy }),
    ...(onlyLooks && { onlyLooks }),
    ...(copyMayBeMissing && { copyMayBeMissing }),
    ...(share && { share }),
    notify,
  });
  const facts = { packageName, version, plan: checked.plan, secrets: [...secrets, ...checked.secrets], errorCodes };
  if (sink.kind === 'store') {
    const place = placeOf(packageName, describeAddress(address), manifest, checked.options);
    return { ...facts, kind: 'store', target: describeAddress(address), place, store: guardStore(sink) };
  }
  const target = describeAddress({ ...address, path: '' });
  const identity = `${canonicalTarget(target)} (path ${hash('sha256', address.path, 'hex').slice(0, 8)})`;
  return { ...facts, kind: 'endpoint', target, identity, endpoint: guardEndpoint(sink) };
}

function placeOf(
  packageName: string,
  target: string,
  manifest: SinkManifest,
  options: Readonly<Record<string, OptionValue>>,
): string {
  const shown = Object.entries(options).filter(([name]) => manifest.options[name]?.sensitive !== true);
  return JSON.stringify([packageName, target, shown]);
}
