import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type InstalledPlugins, listSinkPlugins, type SinkPlugin } from '@dbsync/core/cli-kit';
import { SINK_API } from '@dbsync/core/contract';
import { satisfies } from 'semver';
import { pluginFolders } from '../../options/plugin-folders.js';
import type { CommandContext } from '../command-context.js';
import type { Tell } from './doctor-finding.js';
import { installRemedy } from './plugin-remedy.js';
import type { PartOfDoctor } from './run-parts.js';

/** Checks the installed sinks against the core that would run them. None of their code runs. */
export function pluginChecks({ values }: Pick<CommandContext, 'values'>): PartOfDoctor {
  return {
    part: 'plugins',
    checks: ['plugins'],
    deadlineMs: 10_000,
    run: async (tell) => {
      const found = await listSinkPlugins(pluginFolders(values.get('plugin-dir')));
      tellPlugins(found, coreVersion(), tell);
    },
  };
}

/** The version of the core in use. */
export function coreVersion(): string {
  const { version } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('@dbsync/core/package.json'), 'utf8'),
  );
  return String(version);
}

/** Tells which sinks cannot be used, and which were made for another core. */
export function tellPlugins({ plugins, unusable }: InstalledPlugins, core: string, tell: Tell): void {
  for (const { packageName, directory, error } of unusable) {
    const what = `${error.message} It is in ${directory}`;
    tell({ check: 'plugins', level: 'warn', what, remedy: installRemedy(packageName, directory) });
  }
  for (const plugin of plugins) {
    const { packageName, version, manifest } = plugin;
    const wanted = peerOf(plugin);
    const what = `${packageName} ${version}, contract ${manifest.sinkApi} (this dbsync: ${SINK_API})`;
    if (wanted === null || satisfies(core, wanted, { includePrerelease: true })) {
      tell({ check: 'plugins', level: 'pass', what });
      continue;
    }
    const unfit = `${packageName} ${version} was made for @dbsync/core ${wanted}, and this is ${core}`;
    tell({ check: 'plugins', level: 'warn', what: unfit, remedy: installRemedy(packageName, plugin.directory) });
  }
}

/** Returns the versions of core that the plugin names; null: it names none, or the workspace's own. */
function peerOf({ directory }: SinkPlugin): string | null {
  try {
    const { peerDependencies } = Object(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')));
    const wanted: unknown = Object(peerDependencies)['@dbsync/core'];
    return typeof wanted === 'string' && !wanted.startsWith('workspace:') ? wanted : null;
  } catch {
    return null;
  }
}
