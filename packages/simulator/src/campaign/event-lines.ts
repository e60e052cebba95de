import type { Timeline } from '../contact/timeline.js';
import { createContactLines, type EventLine } from './contact-lines.js';
import type { ContactStore } from './contact-store.js';
import { lowerBound } from './listing.js';
import { passes, type TransactionFilter } from './transaction-filter.js';

/** The lines of transactions, by the time at which these were fired. */
export interface EventLines {
  /** Adds a line for a transaction that was fired after the past. */
  add(index: number, firedMs: number): void;
  /** Adds a second line for a changed transaction, at the instant of its last change. */
  addAgain(index: number, changedMs: number): void;
  page(query: EventQuery): EventPage;
}

export interface EventQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly filter: TransactionFilter;
  /** The end of the page before. */
  readonly position: EventPosition | null;
  readonly limit: number;
  readonly asOfMs: number;
}

/** A position: an instant, and a number of lines after it. */
export interface EventPosition {
  readonly ms: number;
  readonly skip: number;
}

export interface EventPage {
  readonly lines: readonly string[];
  /** The next position; null at the end. */
  readonly next: EventPosition | null;
}

/** The number of contacts, about, in one slice of a window. */
const CONTACTS_PER_SLICE = 150;

export function createEventLines(timeline: Timeline, contacts: ContactStore): EventLines {
  const sliceMs = Math.ceil(((timeline.endMs - timeline.startMs) / (timeline.contacts + 1)) * CONTACTS_PER_SLICE);
  const linesOf = createContactLines(contacts);
  const liveFiredMs: number[] = [];
  const liveContacts: number[] = [];

  const relisted: RelistedLine[] = [];

  const sliceEnd = (ms: number) => {
    if (ms < timeline.endMs) return Math.min(ms + sliceMs, timeline.endMs);
    const next = liveFiredMs[lowerBound(liveFiredMs, ms) + CONTACTS_PER_SLICE];
    return next === undefined ? Number.POSITIVE_INFINITY : Math.max(next, ms + 1);
  };

  const contactsBetween = (fromMs: number, toMs: number) => {
    const live = liveContacts.slice(lowerBound(liveFiredMs, fromMs), lowerBound(liveFiredMs, toMs));
    return new Set([...timeline.firedBetween(fromMs, toMs), ...live]);
  };

  const linesBetween = (fromMs: number, toMs: number, { filter, asOfMs }: EventQuery) => {
    const found: EventLine[] = [];
    for (const index of contactsBetween(fromMs, toMs)) {
      if (!contacts.exists(index, asOfMs)) continue;
      for (const line of linesOf(index, contacts.revision(index, asOfMs))) {
        if (line.firedMs >= fromMs && line.firedMs < toMs && passes(line.transaction, filter)) found.push(line);
      }
    }
    for (const { index, key, atMs } of relisted) {
      if (atMs < fromMs || atMs >= toMs || !contacts.exists(index, asOfMs)) continue;
      const line = linesOf(index, contacts.revision(index, asOfMs)).find(({ text }) => keyOf(text) === key);
      if (line !== undefined && passes(line.transaction, filter)) found.push({ ...line, firedMs: atMs });
    }
    return found.sort(byTime);
  };

  return {
    add: (index, firedMs) => {
      const lineIndex = lowerBound(liveFiredMs, firedMs + 1);
      liveFiredMs.splice(lineIndex, 0, firedMs);
      liveContacts.splice(lineIndex, 0, index);
    },
    addAgain: (index, changedMs) => {
      const revision = contacts.revision(index, changedMs);
      const before = new Set(linesOf(index, revision - 1).map(({ text }) => text));
      const changed = linesOf(index, revision).find(({ text }) => !before.has(text));
      if (changed !== undefined) relisted.push({ index, key: keyOf(changed.text), atMs: changedMs });
    },
    page: (query) => {
      const lines: string[] = [];
      let { ms, skip } = query.position ?? { ms: Math.max(query.fromMs, timeline.startMs), skip: 0 };
      const toMs = Math.min(query.toMs, query.asOfMs + 1);
      while (ms < toMs) {
        const endMs = Math.min(sliceEnd(ms), toMs);
        const ofSlice = linesBetween(ms, endMs, query);
        for (const line of ofSlice.slice(skip)) {
          if (lines.length === query.limit) return { lines, next: { ms, skip } };
          lines.push(line.text);
          skip++;
        }
        ms = endMs;
        skip = 0;
      }
      return { lines, next: null };
    },
  };
}

/** A line that is listed a second time. */
interface RelistedLine {
  readonly index: number;
  readonly key: string;
  readonly atMs: number;
}

/** Returns the part of a line that never changes: all but the md5. */
function keyOf(text: string): string {
  const [key, , ...rest] = text.split('|');
  return [key, ...rest].join('|');
}

function byTime(a: EventLine, b: EventLine): number {
  return a.firedMs - b.firedMs || (a.text < b.text ? -1 : 1);
}
