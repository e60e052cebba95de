import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../../cli-error.js';
import { packageVersion } from '../../version.js';
import type { TestCase } from './run-cases.js';

/**
 * Loads the conformance cases of `@dbsync/testkit`, which is a package of its own: beside the sinks of `--plugin-dir`, beside
 * dbsync, or by the path by which dbsync was called.
 *
 * @throws CliError `CLI_TESTKIT_MISSING`
 */
export async function loadStoreCases(
  pluginDir: string | null,
  resolveFrom: (place: string) => string | null = resolvedFrom,
): Promise<readonly TestCase[]> {
  const places = [...(pluginDir === null ? [] : [join(resolve(pluginDir), 'any.js')]), import.meta.filename];
  if (process.argv[1] !== undefined) places.push(resolve(process.argv[1]));
  for (const place of places) {
    const entry = resolveFrom(place);
    if (entry === null) continue;
    const { storeCases } = await import(pathToFileURL(entry).href);
    return storeCases as readonly TestCase[];
  }
  const where = pluginDir === null ? '-g ' : `--prefix ${pluginDir} `;
  const command = `npm install ${where}@dbsync/testkit@${packageVersion()}`;
  throw new CliError('CLI_TESTKIT_MISSING', `@dbsync/testkit is not installed. To install it: ${command}`);
}

function resolvedFrom(place: string): string | null {
  try {
    return createRequire(place).resolve('@dbsync/testkit');
  } catch {
    return null;
  }
}
