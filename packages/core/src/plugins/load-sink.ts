import { hash } from 'node:crypto';
import type { EndpointSink, ErrorCodes, OptionValue, SinkManifest, SinkNotice, StoreSink } from '../contract/index.js';
import { canonicalTarget } from '../records/canonical-target.js';
import { findPlugin, type PluginPlaces } from './find-plugin.js';
import { guardEndpoint } from './guarded-endpoint.js';
import { guardStore } from './guarded-store.js';
import { loadPlugin } from './load-plugin.js';
import { describeAddress, parseSinkUrl, schemeOf } from './sink-address.js';
import { checkOptions } from './sink-options.js';

/** Which sink is wanted, and where it may be found. */
export interface LoadSinkOptions extends PluginPlaces {
  readonly url: string;
  /** Flags of the command itself that were given, by name without dashes; a `--no-` form as false. */
  readonly shared?: Readonly<Record<string, OptionValue>>;
  /** `--<scheme>-<name>` that were given, by all that follows the dashes in front. */
  readonly schemeOptions?: Readonly<Record<string, string>>;
  /** The HTTP proxy for a target of the scheme `http` or `https`. Default: none. */
  readonly proxy?: string | undefined;
  /** For a command that makes nothing. Default: false. */
  readonly onlyLooks?: boolean;
  readonly notify: (notice: SinkNotice) => void;
}

/** Found, checked, loaded and guarded; not opened. */
export type LoadedSink = LoadedStore | LoadedEndpoint;

/** A loaded sink with transactions. */
export interface LoadedStore extends SinkFacts {
  readonly kind: 'store';
  readonly store: StoreSink;
  /** Tells it from every other database, and from the same one under other options. The login is no part of it. */
  readonly place: string;
}

/** A loaded sink without transactions. */
export interface LoadedEndpoint extends SinkFacts {
  readonly kind: 'endpoint';
  readonly endpoint: EndpointSink;
  /** Tells it from every other target, without showing its path, which may be a secret. */
  readonly identity: string;
}

interface SinkFacts {
  readonly packageName: string;
  readonly version: string;
  /** Without secrets, for logs. */
  readonly target: string;
  /** What rows depend on beside the upstream and the filter. */
  readonly plan: string;
  /** For the redaction of whatever is put out: the password, and the values of sensitive options. */
  readonly secrets: readonly string[];
  /** The plugin's own. */
  readonly errorCodes: ErrorCodes;
}

/**
 * From a URL to a sink: its plugin is found by the scheme, its options are checked, and its module is imported.
 *
 * @throws DbsyncError with a code `SINK_...` or `PLUGIN_...`; SinkError where the plugin refuses the target
 */
export async function loadSink(wish: LoadSinkOptions): Promise<LoadedSink> {
  const { url, shared = {}, schemeOptions = {}, proxy, onlyLooks = false, notify } = wish;
  const plugin = await findPlugin(schemeOf(url), wish);
  const { packageName, version, manifest } = plugin;
  const { address, parameters, secrets } = parseSinkUrl(url, manifest);
  const checked = checkOptions(packageName, manifest, { parameters, schemeOptions, shared });
  const { sink, errorCodes } = await loadPlugin(plugin, {
    address,
    options: checked.options,
    ...(proxy !== undefined && { proxy }),
    ...(onlyLooks && { onlyLooks }),
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
