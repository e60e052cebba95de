import type { Tell } from './doctor-finding.js';
import { notChecked } from './run-parts.js';

/** Beyond this difference one of the two clocks is wrong; an answer tells whole seconds, and takes some time. */
const TOLERANCE_MS = 30_000;

/** The machine's clock before and after a request. */
export interface RequestTimes {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** Compares the machine's clock with the date of an answer of the API. */
export function clockFinding(date: string | undefined, { sentMs, receivedMs }: RequestTimes): Parameters<Tell>[0] {
  const apiMs = Date.parse(date ?? '');
  if (Number.isNaN(apiMs)) {
    return notChecked('clock', 'the answer of the API has no date');
  }
  const aheadMs = Math.max(0, sentMs - (apiMs + 1_000)) - Math.max(0, apiMs - receivedMs);
  if (Math.abs(aheadMs) <= TOLERANCE_MS) {
    return { check: 'clock', level: 'pass', what: 'The clock of this machine agrees with that of the API' };
  }
  const what = `The clock of this machine is ${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the API`;
  return { check: 'clock', level: 'warn', what, remedy: 'timedatectl set-ntp true; timedatectl timesync-status' };
}
