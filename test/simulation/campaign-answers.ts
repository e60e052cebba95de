import {
  type Campaign,
  type CampaignCall,
  type CampaignContact,
  type EventEntry,
  firstAtLeast,
  versionAt,
} from './campaign.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';

/** The bounds of a page: the number of entries, and those left out. */
export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

/** The API's answers from the campaign, by a replica that is `lagMs` behind. All are JSON texts. */
export interface CampaignAnswers {
  fields(): string;
  contacts(asOfMs: number, changedSince: string | null, page: PageMaker): string;
  bodies(asOfMs: number, ids: readonly string[]): string;
  events(asOfMs: number, query: EventQuery, page: PageMaker): string;
  calls(asOfMs: number, window: TimeWindow, page: PageMaker): string;
}

/** Cuts a page out of all entries, given the text of each. */
export type PageMaker = <T>(entries: readonly T[], textOf: (entry: T) => string) => string;

/** Instants of true time; null: open. */
export interface TimeWindow {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface EventQuery extends TimeWindow {
  readonly updatesOnly: boolean;
}

export function createCampaignAnswers(campaign: Campaign): CampaignAnswers {
  const { contacts, events, calls } = campaign;
  const changedSinceMs = (day: string | null) =>
    day === null ? Number.NEGATIVE_INFINITY : Date.parse(day) - WORLD_BEGINS_MS;

  return {
    fields: () =>
      JSON.stringify(campaign.fields.map((name) => ({ type: 'field', fieldType: 'text', name, state: 'active' }))),
    contacts(asOfMs, changedSince, page) {
      const sinceMs = changedSinceMs(changedSince);
      const listed: { readonly id: string; readonly md5: string; readonly atMs: number }[] = [];
      for (const contact of contacts.values()) {
        const version = versionAt(contact, asOfMs);
        if (version && version.atMs >= sinceMs) listed.push({ id: contact.id, md5: version.md5, atMs: version.atMs });
      }
      // The newest change comes first, so a contact that changes while pages are read shifts the others.
      listed.sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1));
      return page(listed, ({ id, md5 }) => `{"id":"${id}","md5":"${md5}"}`);
    },
    bodies: (asOfMs, ids) => `[${ids.flatMap((id) => bodyOf(contacts.get(id), asOfMs) ?? []).join(',')}]`,
    events(asOfMs, { fromMs, toMs }, page) {
      const start = fromMs === null ? 0 : firstAtLeast(events, fromMs, firedOf);
      const lines: string[] = [];
      for (let at = start; at < events.length; at += 1) {
        const entry = events[at] as EventEntry;
        if (toMs !== null && entry.firedMs > toMs) break;
        const line = entry.lines.findLast(({ visibleMs }) => visibleMs <= asOfMs);
        if (line) lines.push(line.line);
      }
      return page(lines, (line) => JSON.stringify(line));
    },
    calls(asOfMs, { fromMs, toMs }, page) {
      const start = fromMs === null ? 0 : firstAtLeast(calls, fromMs, startOf);
      const found: string[] = [];
      for (let at = start; at < calls.length; at += 1) {
        const call = calls[at] as CampaignCall;
        if (toMs !== null && call.startedMs > toMs) break;
        const version = call.versions.findLast(({ atMs }) => atMs <= asOfMs);
        if (version) found.push(JSON.stringify(version.values));
      }
      return page(found, (text) => text);
    },
  };
}

function bodyOf(contact: CampaignContact | undefined, asOfMs: number): string | undefined {
  return contact && versionAt(contact, asOfMs)?.text;
}

function firedOf({ firedMs }: EventEntry): number {
  return firedMs;
}

function startOf({ startedMs }: CampaignCall): number {
  return startedMs;
}
