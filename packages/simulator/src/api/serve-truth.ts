import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Campaign } from '../campaign/campaign.js';
import { parseFilter } from '../campaign/transaction-filter.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { truthLines } from '../truth/truth-lines.js';

const CHUNK_LENGTH = 256 * 1024;

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
  if (!filter) {
    response.writeHead(400).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let chunk = '';
  for (const line of truthLines(campaign, filter, faults, clock.now())) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    if (signal.aborted || response.destroyed) return;
    if (!response.write(chunk))
      await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
    chunk = '';
    await nextTurn();
  }
  response.end(chunk);
}
