import { createRunShare } from '@dbsync/core';
import type { SinkConnections } from '@dbsync/core/contract';
import type { CommandContext } from '../commands/command-context.js';
import { loadTarget } from '../commands/load-target.js';
import { runOptions } from '../options/run-options.js';
import { formatCounted } from '../terminal/figures.js';
import { contextFrom } from './campaign-context.js';
import { knownOptions } from './known-options.js';
import type { ReadConfig } from './read-config.js';

/** The connections that the campaigns of a file may open to one server. */
export interface NeededConnections {
  readonly server: string;
  readonly most: number;
  /** The number of campaigns that copy to it. */
  readonly campaigns: number;
}

/**
 * Returns the connections that the campaigns of the file may open, for each server that allows a number of them. Connects to nothing. Leaves out a
 * campaign whose target cannot be loaded now.
 */
export async function connectionsOfFile(
  config: ReadConfig,
  context: CommandContext,
): Promise<readonly NeededConnections[]> {
  const { sharedRequests: requests, sharedConnections } = knownOptions(config.ofProcess);
  const { sinks, close } = createRunShare({ requests, connections: sharedConnections });
  const found: SinkConnections[] = [];
  for (const campaign of config.campaigns) {
    try {
      const own = await contextFrom(config, campaign, context);
      const looking = { onlyLooks: true, ...(sinks && { share: sinks }) };
      const sink = await loadTarget(runOptions(own.values).target, own, ignoreNotice, looking);
      if (sink.kind === 'store' && sink.store.connections !== undefined) found.push(sink.store.connections);
    } catch {
      // The start of the campaign reports its error.
    }
  }
  close();
  return addedUp(found);
}

/** Adds the connections of all campaigns up, by server. Those that several campaigns share count once. */
export function addedUp(ofCampaigns: readonly SinkConnections[]): readonly NeededConnections[] {
  return [...Map.groupBy(ofCampaigns, ({ server }) => server)].map(([server, all]) => {
    const counted = new Map(all.map(({ sharedAs, most }, nr) => [sharedAs ?? nr, most]));
    return { server, most: [...counted.values()].reduce((sum, most) => sum + most, 0), campaigns: all.length };
  });
}

/** Returns the line of a report. */
export function connectionsLine({ server, most, campaigns }: NeededConnections): string {
  const of = formatCounted(campaigns, 'campaign');
  return `${server}: ${of}, up to ${formatCounted(most, 'connection')}. The server has to allow them (max_connections).`;
}

/** Ignores a notice: the start reports it. */
function ignoreNotice(): void {}
