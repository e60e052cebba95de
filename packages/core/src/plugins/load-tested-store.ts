import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CreateTestTargets, ErrorCodes, SinkTarget, StoreSink, TestTargets } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { findPlugin, type SinkPlugin } from './find-plugin.js';
import { createChecked, importEntry } from './load-plugin.js';
import type { LoadSinkOptions } from './load-sink.js';
import { describeAddress, parseSinkUrl, schemeOf } from './sink-address.js';
import { checkOptions } from './sink-options.js';

/** A store's plugin, ready for its conformance suite. */
export interface TestedStore {
  readonly packageName: string;
  readonly version: string;
  /** The target for output, without secrets. */
  readonly target: string;
  readonly secrets: readonly string[];
  readonly errorCodes: ErrorCodes;
  /** The URL of the module that exports `createSink`. */
  readonly entry: string;
  readonly targets: TestTargets;
  /** Creates a sink as its author made it: not guarded, not opened. */
  createSink(target: SinkTarget): StoreSink;
}

/**
 * Loads the plugin of a URL with its module for tests. Opens nothing.
 *
 * @throws DbsyncError `SINK_...` or `PLUGIN_...`; `PLUGIN_NOT_TESTABLE` where it has no such module, or is an endpoint
 */
export async function loadTestedStore(options: LoadSinkOptions): Promise<TestedStore> {
  const { url, shared = {}, schemeOptions = {}, notify } = options;
  const plugin = await findPlugin(schemeOf(url), options);
  const { packageName, version, manifest } = plugin;
  const { address, parameters, secrets } = parseSinkUrl(url, manifest);
  const checked = checkOptions(packageName, manifest, { parameters, schemeOptions, shared });
  const { createSink, errorCodes = {} } = await importEntry(plugin);
  const { createTestTargets } = await importTesting(plugin);
  if (typeof createSink !== 'function' || typeof createTestTargets !== 'function') throw notTestable(plugin);
  const target = { address, options: checked.options, notify };
  return {
    packageName,
    version,
    target: describeAddress(address),
    secrets: [...secrets, ...checked.secrets],
    errorCodes: errorCodes as ErrorCodes,
    entry: pathToFileURL(join(plugin.directory, manifest.entry)).href,
    targets: (createTestTargets as CreateTestTargets)(target),
    createSink: (given) => {
      const sink = createChecked(plugin, () => createSink(given));
      if (sink.kind !== 'store') throw notTestable(plugin);
      return sink;
    },
  };
}

/** Imports the module under `./testing` in the exports of the plugin's package. */
async function importTesting(plugin: SinkPlugin): Promise<Readonly<Record<string, unknown>>> {
  const { exports } = Object(JSON.parse(await readFile(join(plugin.directory, 'package.json'), 'utf8')));
  const path = importedPath(Object(exports)['./testing']);
  if (path === null) throw notTestable(plugin);
  try {
    return await import(pathToFileURL(join(plugin.directory, path)).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DbsyncError('PLUGIN_LOAD_FAILED', `Importing ${path} of ${plugin.packageName} threw: ${reason}`, {
      cause,
    });
  }
}

/** Returns the path that `import` takes of an entry in `exports`, through nested conditions; null where there is none. */
function importedPath(entry: unknown): string | null {
  if (typeof entry === 'string') return entry;
  for (const [condition, inner] of Object.entries(Object(entry))) {
    const path = CONDITIONS.has(condition) ? importedPath(inner) : null;
    if (path !== null) return path;
  }
  return null;
}

const CONDITIONS = new Set(['import', 'node', 'default']);

function notTestable({ packageName, version }: SinkPlugin): DbsyncError {
  const message = `${packageName} ${version} makes no targets for tests: its package exports no ./testing.`;
  return new DbsyncError('PLUGIN_NOT_TESTABLE', message);
}
