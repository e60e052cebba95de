import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SinkManifest } from '../contract/index.js';
import { DbsyncError, isDbsyncError } from '../errors/dbsync-error.js';
import { isNotThere, type PackageFolder, packagesBesideCommand, packagesIn } from './installed-packages.js';
import { KNOWN_SINKS } from './known-sinks.js';
import { packagesOfPlugAndPlay } from './plug-and-play.js';
import { parseManifest } from './plugin-manifest.js';

/** An installed sink plugin, found from its manifest; none of its code has run. */
export interface SinkPlugin {
  readonly packageName: string;
  readonly version: string;
  readonly directory: string;
  readonly manifest: SinkManifest;
}

export interface PluginFolders {
  /** `--plugin-dir`: holds packages as a `node_modules` does, or has a `node_modules`. It is searched first. */
  readonly pluginDir?: string | undefined;
  /** The command's own file. The `node_modules` of the folders above it are searched, the nearest first. */
  readonly from: string;
  /** The path by which the command was called. pnpm keeps links to packages there, and the files elsewhere. */
  readonly calledAs?: string | undefined;
}

/** The plugins found in the places that are searched for sinks. */
export interface InstalledPlugins {
  readonly plugins: readonly SinkPlugin[];
  readonly unusable: readonly UnusablePlugin[];
}

/** A package that is installed under a plugin's name and must not be loaded. */
export interface UnusablePlugin {
  readonly packageName: string;
  /** The folder of the package. */
  readonly directory: string;
  readonly error: DbsyncError;
}

/**
 * Returns all installed plugins; of several copies of one package, the first one found. The working directory is never
 * searched.
 *
 * @throws DbsyncError `PLUGIN_DIR_MISSING`
 */
export async function listSinkPlugins(places: PluginFolders): Promise<InstalledPlugins> {
  const [near, far] = await searchBoth(places);
  const names = new Set(near.plugins.map(({ packageName }) => packageName));
  return {
    plugins: [...near.plugins, ...far.plugins.filter(({ packageName }) => !names.has(packageName))],
    unusable: [...near.unusable, ...far.unusable],
  };
}

/**
 * Returns the one plugin for the scheme. A plugin in `--plugin-dir` is preferred to one installed beside the command.
 *
 * @throws DbsyncError `PLUGIN_AMBIGUOUS` naming both plugins if two serve the scheme; `SINK_NOT_INSTALLED` with the
 * command that installs the plugin; `SINK_SCHEME_UNKNOWN` with all known schemes. The last two also name the faults of
 * unusable plugins.
 */
export async function findPlugin(scheme: string, places: PluginFolders): Promise<SinkPlugin> {
  const found = await searchBoth(places);
  for (const { plugins } of found) {
    const [first, second] = plugins.filter(({ manifest }) => manifest.schemes.includes(scheme));
    if (first && second) throw ambiguous(scheme, first, second);
    if (first) return first;
  }
  throw notFound(
    scheme,
    found.flatMap(({ plugins }) => plugins),
    found.flatMap(({ unusable }) => unusable),
  );
}

async function searchBoth(places: PluginFolders): Promise<readonly [InstalledPlugins, InstalledPlugins]> {
  const { pluginDir, from, calledAs } = places;
  const near = pluginDir === undefined ? [] : [pluginDir, join(pluginDir, 'node_modules')];
  if (pluginDir !== undefined && !(await isDirectory(pluginDir))) {
    throw new DbsyncError('PLUGIN_DIR_MISSING', `The plugin directory (--plugin-dir) ${pluginDir} is no directory.`);
  }
  const installed = [...(await packagesBesideCommand(from, calledAs)), ...packagesOfPlugAndPlay(from)];
  return [await readPlugins(await packagesIn(near)), await readPlugins(installed)];
}

/** Reads the plugins among the packages; of packages with the same name, the first one. */
async function readPlugins(packages: readonly PackageFolder[]): Promise<InstalledPlugins> {
  const found = new Map<string, SinkPlugin | UnusablePlugin>();
  for (const { packageName, directory } of packages) {
    if (found.has(packageName) || !PLUGIN_NAME.test(packageName)) continue;
    const plugin = await readPlugin(packageName, directory);
    if (plugin !== null) found.set(packageName, plugin);
  }
  const all = [...found.values()];
  return { plugins: all.filter((plugin) => 'manifest' in plugin), unusable: all.filter((plugin) => 'error' in plugin) };
}

const PLUGIN_NAME = /^(?:@dbsync\/sink-|(?:@[^/]+\/)?dbsync-sink-)[^/]+$/;

/** Reads one plugin; returns null if the package does not exist after all. */
async function readPlugin(packageName: string, directory: string): Promise<SinkPlugin | UnusablePlugin | null> {
  try {
    const text = await readFile(join(directory, 'package.json'), 'utf8');
    const { version, dbsync } = Object(JSON.parse(text));
    return { packageName, version: String(version), directory, manifest: parseManifest(packageName, dbsync) };
  } catch (error) {
    if (isDbsyncError(error)) return { packageName, directory, error };
    if (isNotThere(error)) return null;
    const message = `The plugin ${packageName} cannot be used: its package.json in ${directory} cannot be read.`;
    return { packageName, directory, error: new DbsyncError('PLUGIN_MANIFEST_INVALID', message, { cause: error }) };
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isNotThere(error)) return false;
    throw error;
  }
}

function ambiguous(scheme: string, first: SinkPlugin, second: SinkPlugin): DbsyncError {
  const [a, b] = [first, second].map(({ packageName, directory }) => `${packageName} (${directory})`);
  return new DbsyncError('PLUGIN_AMBIGUOUS', `Two plugins serve ${scheme}: ${a} and ${b}. Uninstall one of them.`);
}

function notFound(scheme: string, installed: readonly SinkPlugin[], unusable: readonly UnusablePlugin[]): DbsyncError {
  const packageName = Object.hasOwn(KNOWN_SINKS, scheme) ? KNOWN_SINKS[scheme] : undefined;
  const itself = unusable.find((plugin) => plugin.packageName === packageName);
  if (itself) return itself.error;
  const besides = unusable.map(({ error }) => ` ${error.message}`).join('');
  if (packageName !== undefined) {
    const install = `Install it beside dbsync: npm install --global ${packageName}`;
    return new DbsyncError('SINK_NOT_INSTALLED', `The sink for ${scheme} is not installed.${besides} ${install}`);
  }
  const schemes = [...installed.flatMap(({ manifest }) => manifest.schemes), ...Object.keys(KNOWN_SINKS)];
  const known = [...new Set(schemes)].sort().join(', ');
  return new DbsyncError('SINK_SCHEME_UNKNOWN', `No sink serves "${scheme}". Known are: ${known}.${besides}`);
}
