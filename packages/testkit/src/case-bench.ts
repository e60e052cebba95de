import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type {
  Batch,
  CallOptions,
  Claim,
  ClaimAnswer,
  Field,
  ProcessIdentity,
  StoreSink,
  WriteResult,
} from '@dbsync/core/contract';
import type { StoreTarget } from './store-subject.js';

/** The tools of a case: one empty target, and sinks on it that are closed when the case ends. */
export interface CaseBench {
  readonly target: StoreTarget;
  /** Options for every call; they end with the case's deadline. */
  readonly options: CallOptions;
  /** Opens the sink (a new one where none is given) and declares the fields of the sample contacts. */
  open(sink?: StoreSink): Promise<StoreSink>;
  /** Opens a new sink that holds the stream. */
  writer(request?: ClaimRequest): Promise<Writer>;
  /** Opens a new sink that holds the stream and has begun to load a first copy without keys, which must be the first. */
  loader(request?: ClaimRequest): Promise<Writer>;
  /** Claims with an open sink, and fails where the claim is not granted. */
  claim(sink: StoreSink, request?: ClaimRequest): Promise<Claim>;
  /** Opens a new sink that takes the stream away from this writer, which is known to be dead. */
  takeOver(from: Writer, request?: ClaimRequest): Promise<Writer>;
  close(): Promise<void>;
}

/** A sink that holds a stream, as core would use it. */
export interface Writer {
  readonly sink: StoreSink;
  readonly claim: Claim;
  write(batch: Partial<Batch>, options?: Partial<CallOptions>): Promise<WriteResult>;
}

export interface ClaimRequest {
  readonly stream?: string;
  readonly plan?: string;
  readonly leaseMs?: number;
  readonly takeOverFrom?: string;
}

export const STREAM = 'CAMPAIGN1';
export const PLAN = 'filter=all columns=native fields=100';

/** A lease that does not expire by itself while a case runs. */
const LEASE_MS = 60_000;

/** The custom field that each sample contact has. */
export const SAMPLE_FIELDS: readonly Field[] = [{ name: 'city', type: 'text' }];

export function openBench(target: StoreTarget, options: CallOptions): CaseBench {
  const opened: StoreSink[] = [];
  const open = async (sink = target.createSink()) => {
    opened.push(sink);
    await sink.open(options);
    await sink.declareFields(SAMPLE_FIELDS, options);
    return sink;
  };
  return {
    target,
    options,
    open,
    writer: async (request = {}) => writerOf(await open(), request, options),
    loader: async (request = {}) => {
      const sink = target.createSink();
      opened.push(sink);
      await sink.open(options);
      const loader = await writerOf(sink, request, options);
      assert.equal(await sink.bulk?.begin(loader.claim, options), true, 'a load begins in an empty target');
      await sink.declareFields(SAMPLE_FIELDS, options);
      return loader;
    },
    claim: async (sink, request = {}) => granted(await askFor(sink, request, options)),
    takeOver: async ({ claim }, request = {}) =>
      writerOf(await open(), { takeOverFrom: claim.holder, ...request }, options),
    close: async () => {
      const closed = await Promise.allSettled(opened.map((sink) => sink.close()));
      await target.remove();
      for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
    },
  };
}

/** Claims the stream with this sink, and fails where the claim is not granted. */
export async function writerOf(sink: StoreSink, request: ClaimRequest, options: CallOptions): Promise<Writer> {
  const claim = granted(await askFor(sink, request, options));
  return { sink, claim, write: (batch, other) => sink.write(batchOf(batch), claim, { ...options, ...other }) };
}

export function askFor(sink: StoreSink, request: ClaimRequest, options: CallOptions): Promise<ClaimAnswer> {
  const { stream = STREAM, plan = PLAN, takeOverFrom, ...rest } = request;
  // A sink may read the holder by the former name of `takeOverFrom`.
  const from = takeOverFrom === undefined ? {} : { takeOverFrom, supersede: takeOverFrom };
  return sink.claim(stream, plan, { leaseMs: LEASE_MS, process: THIS_PROCESS, ...rest, ...from, ...options });
}

export function granted(answer: ClaimAnswer): Claim {
  assert.ok(answer.granted, 'the stream was free, and the claim was refused');
  return answer.claim;
}

export function batchOf(parts: Partial<Batch>): Batch {
  return { contacts: [], inboundCalls: [], deadLetters: [], settled: [], ...parts };
}

/** A process whose host and boot are not real: no sink may decide by them. */
export const THIS_PROCESS: ProcessIdentity = {
  host: hostname(),
  bootId: randomUUID(),
  pid: process.pid,
  startedAt: '2026-03-02T08:00:00.000Z',
};
