import { createHash } from 'node:crypto';
import type { RunEvent } from '@dbsync/core';
import type { Batch } from '@dbsync/core/contract';
import type { VirtualTime } from './virtual-time.ts';

/** All events of a world, line by line. */
export interface WorldLog {
  line(text: string): void;
  /** A hash over all lines so far: the same seed gives the same one. */
  digest(): string;
}

const HASHED_AT_ONCE = 1 << 16;

/** Creates the log. @param trace called for each line; null: none */
export function createWorldLog(time: VirtualTime, trace: ((atMs: number, line: string) => void) | null): WorldLog {
  const hash = createHash('sha256');
  let lines = '';
  return {
    line(text) {
      lines += `${time.nowMs} ${text}\n`;
      if (lines.length > HASHED_AT_ONCE) {
        hash.update(lines);
        lines = '';
      }
      trace?.(time.nowMs, text);
    },
    digest: () => hash.copy().update(lines).digest('hex').slice(0, 16),
  };
}

/** Describes an event by the parts that are the same each time it happens. */
export function eventInWords(event: RunEvent): string {
  switch (event.type) {
    case 'waiting':
      return `waits ${event.level} for ${event.for}: ${event.code} ${event.message}`;
    case 'notice':
      return `notice ${event.level} ${event.code}`;
    case 'dead-letter':
      return `dead letter ${event.kind} ${event.contactId} ${event.code}`;
    case 'part-done':
      return `part-done ${event.part} ${event.contacts}`;
    default:
      return event.type;
  }
}

/** Describes a batch: its versions, and its progress. */
export function batchInWords({ contacts, inboundCalls, progress }: Batch): string {
  const versions = contacts.map(({ values }) => values.$version).join(' ');
  const until = progress ? ` until ${progress.eventsUntil}, listed ${progress.listedFrom}` : '';
  return `versions ${versions || 'none'}, ${inboundCalls.length} calls${until}`;
}
