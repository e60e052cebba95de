import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type EndpointSink, type ErrorCodes, isSinkError, type SinkTarget, type StoreSink } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { SinkPlugin } from './find-plugin.js';

/** A sink as its author made it, with the codes of its errors. */
export interface BareSink {
  readonly sink: StoreSink | EndpointSink;
  readonly errorCodes: ErrorCodes;
}

const METHODS: Readonly<Record<'store' | 'endpoint', readonly string[]>> = {
  store: [
    'open',
    'checkHealth',
    'close',
    'declareFields',
    'claim',
    'renew',
    'release',
    'readState',
    'readVersions',
    'write',
    'listDeadLetters',
    'postRequest',
    'takeRequests',
  ],
  endpoint: ['open', 'checkHealth', 'close', 'deliver'],
};

/**
 * Imports the plugin and creates its sink; it opens nothing.
 *
 * @throws DbsyncError `PLUGIN_LOAD_FAILED` if the module cannot be imported or does not export a sink; a SinkError of
 * `createSink` unchanged
 */
export async function loadPlugin(plugin: SinkPlugin, target: SinkTarget): Promise<BareSink> {
  const { createSink, errorCodes = {} } = await importEntry(plugin);
  if (typeof createSink !== 'function') throw failed(plugin, 'its module exports no createSink');
  return { sink: createChecked(plugin, () => createSink(target)), errorCodes: errorCodes as ErrorCodes };
}

/** Imports the module of the plugin. */
export async function importEntry(plugin: SinkPlugin): Promise<Readonly<Record<string, unknown>>> {
  const { directory, manifest } = plugin;
  try {
    return await import(pathToFileURL(join(directory, manifest.entry)).href);
  } catch (error) {
    throw failed(plugin, `importing ${manifest.entry} threw`, error);
  }
}

/** Calls `createSink` of the plugin, and checks what it returns. */
export function createChecked(plugin: SinkPlugin, createSink: () => unknown): StoreSink | EndpointSink {
  const sink = create(plugin, createSink);
  if (!isSink(sink)) throw failed(plugin, 'the object that its createSink returns lacks a part of the contract');
  return sink;
}

function create(plugin: SinkPlugin, createSink: () => unknown): unknown {
  try {
    return createSink();
  } catch (error) {
    if (isSinkError(error)) throw error;
    throw failed(plugin, 'its createSink threw', error);
  }
}

function isSink(value: unknown): value is StoreSink | EndpointSink {
  const sink: Readonly<Record<string, unknown>> = Object(value);
  if (sink.kind !== 'store' && sink.kind !== 'endpoint') return false;
  return METHODS[sink.kind].every((name) => typeof sink[name] === 'function');
}

function failed({ packageName, version }: SinkPlugin, why: string, cause?: unknown): DbsyncError {
  const because = cause instanceof Error ? `: ${cause.message}` : '';
  return new DbsyncError(
    'PLUGIN_LOAD_FAILED',
    `The plugin ${packageName} ${version} cannot be used: ${why}${because}`,
    {
      cause,
    },
  );
}
