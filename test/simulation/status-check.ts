import type { CampaignStatus } from '@dbsync/core/cli-kit';
import type { SimulatedTarget } from './simulated-target.ts';
import { MINUTE_MS } from './weather.ts';
import type { WrongClocks } from './wrong-clocks.ts';

export interface StatusCheckOptions {
  readonly target: SimulatedTarget;
  readonly intervalMs: number;
  readonly wrongClocks: WrongClocks;
}

/** Two clocks that differ by no more count as equal, and hide as much of a lag. */
const CLOCK_TOLERANCE_MS = 10 * MINUTE_MS;
const GRACE_MS = 2 * MINUTE_MS;

/**
 * Returns a function that reads `dbsync status` as an operator does, and returns why it is wrong: it says `current` while
 * the copy is further behind than three intervals. Null: it is right.
 */
export function createStatusCheck({ target, intervalMs, wrongClocks }: StatusCheckOptions) {
  /**
   * Returns how much of a lag the machine's clock hides. Later than the heartbeat by as much as the clock was set back, its age
   * looks like none at all. Until a process has reported a lag, that clock alone counts.
   */
  const unseenMs = ({ isOfHolder, heartbeat }: CampaignStatus, lagMs: number) =>
    isOfHolder && heartbeat?.lagMs != null ? wrongClocks.setBackMs(lagMs + MINUTE_MS) : wrongClocks.wallBehindMs;

  return async (lagMs: number): Promise<string | null> => {
    const hiddenMs = wrongClocks.areRight() ? 0 : CLOCK_TOLERANCE_MS;
    const allowedMs = 3 * intervalMs + GRACE_MS + hiddenMs;
    if (lagMs <= allowedMs) return null;
    const status = await target.readStatus();
    if (status?.state !== 'current') return null;
    if (target.hasMachineClock && lagMs <= allowedMs + unseenMs(status, lagMs)) return null;
    const says = `status says current, ${Math.round((status.behindMs ?? 0) / 1000)} s behind`;
    return `the copy is ${Math.round(lagMs / 1000)} s behind, and ${says}`;
  };
}
