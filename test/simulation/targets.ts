import type { Campaign } from './campaign.ts';
import type { Chance } from './chance.ts';
import { createMemoryStoreTarget } from './memory-store-target.ts';
import type { SimulatedTarget, TargetName } from './simulated-target.ts';
import { createSqliteTarget } from './sqlite-target.ts';
import type { StreamSettings } from './stream-settings.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { ActiveFaults } from './weather.ts';
import { createWebhookTarget } from './webhook-target.ts';

export interface TargetSurroundings {
  readonly campaign: Campaign;
  readonly time: VirtualTime;
  readonly faults: ActiveFaults;
  readonly chance: Chance;
  readonly settings: StreamSettings;
}

/** The targets of worlds. Those that are listed more often are drawn more often. */
export const TARGETS = ['memory', 'memory', 'memory', 'sqlite', 'webhook', 'webhook'] as const;

export function isTargetName(name: string | null): name is TargetName {
  return TARGETS.some((target) => target === name);
}

export function createTarget(name: TargetName, surroundings: TargetSurroundings): SimulatedTarget {
  switch (name) {
    case 'memory':
      return createMemoryStoreTarget(surroundings);
    case 'sqlite':
      return createSqliteTarget(surroundings);
    case 'webhook':
      return createWebhookTarget(surroundings);
  }
}
