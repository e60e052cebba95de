import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Strikes } from '../faults/fault-plan.js';

const MIN_BYTES_TO_ZIP = 1000;
const compress = promisify(gzip);

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
  readonly retryAfter?: string;
}

export interface TransmitOptions {
  readonly response: ServerResponse;
  /** The `Date` header; null: none is sent. */
  readonly date: string | null;
  readonly gzip: boolean;
  readonly strikes: Strikes;
  readonly signal: AbortSignal;
}

/** Sends an answer, whole or damaged by the faults of its request. */
export async function transmit(
  answer: Answer,
  { response, date, gzip, strikes, signal }: TransmitOptions,
): Promise<void> {
  const truncate = strikes.find('truncate');
  const plain = Buffer.from(truncate?.how === 'silent' ? answer.text.slice(0, answer.text.length / 2) : answer.text);
  const zipped = gzip && plain.length >= MIN_BYTES_TO_ZIP;
  const body = zipped ? await compress(plain, { level: 1 }) : plain;
  if (signal.aborted) return;
  const sent = truncate?.how === 'broken' ? body.subarray(0, body.length / 2) : body;
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json; charset=utf-8',
    'content-length': body.length,
    ...(date === null ? {} : { date }),
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    ...(answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter }),
  });
  const trickle = strikes.find('trickle');
  if (trickle) await drip(sent, trickle, response, signal);
  else if (truncate?.how === 'broken') await new Promise<void>((resolve) => response.write(sent, () => resolve()));
  if (truncate?.how === 'broken') response.destroy();
  else if (trickle) response.end();
  else response.end(sent);
}

async function drip(
  body: Buffer,
  { bytes, everyMs }: { readonly bytes: number; readonly everyMs: number },
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < body.length && !signal.aborted; start += bytes) {
    response.write(body.subarray(start, start + bytes));
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
