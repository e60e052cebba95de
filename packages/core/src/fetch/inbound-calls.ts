import { type Fields, type Json, jsonText } from '../contract/index.js';
import { parseRecord } from './answers.js';
import type { CursorPages, PageOptions } from './cursor-pages.js';
import { toQueryTime } from './query-time.js';

/** The window of inbound calls to read. Its instants are ISO 8601 UTC; null leaves that end open. */
export interface InboundWindow extends PageOptions {
  readonly from: string | null;
  readonly to: string | null;
}

export function inboundPages(
  pages: CursorPages,
  { from, to, ...options }: InboundWindow,
): AsyncIterable<readonly Fields[]> {
  const query = { from: from === null ? '' : toQueryTime(from), to: to === null ? null : toQueryTime(to) };
  const kind = { what: 'inbound calls', parseEntry: parseCall, identityOf: jsonText, isHeld: false };
  const listing = { path: 'inbound/calls/', query, ...kind };
  return pages.read(listing, options);
}

function parseCall(entry: Json): Fields {
  return parseRecord(entry, 'An inbound call');
}
