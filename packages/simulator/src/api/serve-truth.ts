import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Campaign } from '../campaign/campaign.js';
import { parseFilter } from '../campaign/transaction-filter.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { TruthLine } from '../truth/contact-rows.js';
import { truthLines } from '../truth/truth-lines.js';

const CHUNK_LENGTH = 128 * 1024;

export interface TruthSource {
  readonly campaign: Campaign;
  readonly faults: FaultPlan;
  readonly clock: { now(): number };
  readonly signal: AbortSignal;
}

/** Streams the truth as NDJSON, as fast as it is read; other requests are served meanwhile. */
export async function serveTruth(
  { searchParams }: URL,
  response: ServerResponse,
  { campaign, faults, clock, signal }: TruthSource,
): Promise<void> {
  const filter = parseFilter(searchParams);
  response.writeHead(filter ? 200 : 400, { 'content-type': 'application/x-ndjson' });
  const lines = filter ? truthLines(campaign, filter, faults, clock.now()) : [];
  await pipeline(Readable.from(chunksOf(lines)), response, { signal });
}

async function* chunksOf(lines: Iterable<TruthLine>): AsyncGenerator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
    await nextTurn();
  }
  yield chunk;
}
