import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quotedForShell } from '@dbsync/core/cli-kit';
import { CliError } from '../../cli-error.js';
import { packageVersion } from '../../version.js';
import type { TestCase } from './run-cases.js';

/**
 * Loads the conformance cases of `@dbsync/testkit`, which is a package of its own: beside the sinks of `--plugin-dir`, among the
 * packages of the sink itself, beside dbsync, or by the path by which dbsync was called.
 *
 * @param sinkEntry the file of the sink's module
 * @throws CliError `CLI_TESTKIT_MISSING`
 */
export async function loadStoreCases(
  pluginDir: string | null,
  sinkEntry: string,
  resolveFrom: (origin: string) => string | null = resolvedFrom,
): Promise<readonly TestCase[]> {
  const places = [...(pluginDir === null ? [] : [join(resolve(pluginDir), 'any.js')]), sinkEntry, import.meta.filename];
  if (process.argv[1] !== undefined) places.push(resolve(process.argv[1]));
  for (const origin of places) {
    const entry = resolveFrom(origin);
    if (entry === null) continue;
    return casesOf(entry, installCommand(pluginDir));
  }
  throw missing('@dbsync/testkit is not installed.', installCommand(pluginDir));
}

/** Imports the cases. Those of another version test promises that this dbsync does not make. */
async function casesOf(entry: string, command: string): Promise<readonly TestCase[]> {
  const version = versionAbove(entry);
  if (version !== packageVersion()) {
    throw missing(`${entry} is of version ${version ?? 'unknown'}, and dbsync of ${packageVersion()}.`, command);
  }
  const { storeCases } = await import(pathToFileURL(entry).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw missing(`Importing ${entry} threw: ${reason}.`, command, { cause });
  });
  if (!Array.isArray(storeCases)) throw missing(`${entry} exports no storeCases.`, command);
  return storeCases as readonly TestCase[];
}

function installCommand(pluginDir: string | null): string {
  const where = pluginDir === null ? '-g ' : `--prefix ${quotedForShell(pluginDir)} `;
  return `npm install ${where}@dbsync/testkit@${packageVersion()}`;
}

function missing(found: string, command: string, options?: ErrorOptions): CliError {
  return new CliError('CLI_TESTKIT_MISSING', `${found} To install it: ${command}`, options);
}

/** Reads the version in the nearest package.json above a file; null where there is none. */
function versionAbove(file: string): string | null {
  const folder = dirname(file);
  if (folder === file) return null;
  try {
    return String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version);
  } catch {
    return versionAbove(folder);
  }
}

function resolvedFrom(origin: string): string | null {
  try {
    return createRequire(origin).resolve('@dbsync/testkit');
  } catch {
    return null;
  }
}
