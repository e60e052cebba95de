import type { FillStep } from '../contract/index.js';
import type { CycleEvent, RunEvent } from '../observe/run-events.js';
import type { Heartbeat } from './heartbeat.js';

/** The time for which records count as being filled, after a part of them was. */
const FILLING_MS = 5 * 60_000;

/** Remembers the events of a run that tell its state. */
export interface RunNews {
  hear(event: RunEvent): void;
  /** Returns how many cycles have ended. */
  cycles(): number;
  /** Forgets the cycles of the claim before. */
  startOver(): void;
  /** Returns the state at this moment. */
  state(): Pick<Heartbeat, 'cycle' | 'copied' | 'filling' | 'trouble'>;
}

/** Creates the memory. @param now monotonic milliseconds */
export function createRunNews(now: () => number): RunNews {
  let cycle: { readonly event: CycleEvent; readonly endedMs: number } | null = null;
  let cycles = 0;
  let copied: Heartbeat['copied'] = null;
  let filling: { readonly step: FillStep; readonly heardMs: number } | null = null;
  let trouble: { readonly for: 'api' | 'store' | 'endpoint'; readonly code: string; readonly sinceMs: number } | null =
    null;
  return {
    cycles: () => cycles,
    startOver() {
      cycle = null;
      copied = null;
      filling = null;
    },
    hear(event) {
      if (event.type === 'cycle') {
        cycle = { event, endedMs: now() };
        cycles += 1;
      } else if (event.type === 'progress' && event.part === 'listing') {
        copied = { done: event.done, of: event.of };
      } else if (event.type === 'filling') {
        filling = { step: event, heardMs: now() };
      } else if (event.type === 'waiting' && event.level !== 'debug') {
        trouble = { for: event.for, code: event.code, sinceMs: now() - event.waitedMs };
      } else if (event.type === 'recovered' && event.for === trouble?.for) trouble = null;
    },
    state() {
      const nowMs = now();
      return {
        cycle: cycle && {
          agoMs: nowMs - cycle.endedMs,
          tookMs: cycle.event.tookMs,
          contacts: cycle.event.contacts,
        },
        copied: cycle === null ? copied : null,
        filling: filling !== null && nowMs - filling.heardMs < FILLING_MS ? rowsOf(filling.step) : null,
        trouble: trouble && { for: trouble.for, code: trouble.code, forMs: nowMs - trouble.sinceMs },
      };
    },
  };
}

function rowsOf({ what, done, of }: FillStep): Heartbeat['filling'] {
  return { what, done, of };
}
