import { createMemoryStore, createMemoryTarget, sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Batch, type Claim, SinkError, type StoreSink } from '../contract/index.js';
import { guardStore } from './guarded-store.js';

const NEVER = new AbortController().signal;
const CLAIM: Claim = { stream: 's', holder: 'h', epoch: 1n, plan: 'p', leaseMs: 1_000 };
const RESULT = { inserted: 0, updated: 0, unchanged: 0, bytes: 0, changedUnderSameMd5: [] };
const options = { signal: NEVER };

function guarded(overrides: Partial<StoreSink>): StoreSink {
  return guardStore({ ...createMemoryStore(createMemoryTarget()), ...overrides });
}

async function opened(overrides: Partial<StoreSink>): Promise<StoreSink> {
  const store = guarded(overrides);
  await store.open(options);
  await store.declareFields([], options);
  return store;
}

function batchOf(...contactIds: string[]): Batch {
  const contacts = contactIds.map((id) => sampleContact(id));
  return { contacts, inboundCalls: [], deadLetters: [], settled: [] };
}

/** The parts with members of their own. */
const PARTS = [
  'bulk',
  'indexing',
  'erasure',
  'mirroring',
  'verifying',
  'explaining',
  'viewing',
  'summarising',
] as const;

describe('the members of the contract', () => {
  const members = (part: object) => Object.keys(part).toSorted();

  it('are all there, and those of each part', () => {
    const sink = createMemoryStore(createMemoryTarget());
    const store = guardStore(sink);
    expect(members(store)).toEqual(members(sink));
    for (const part of PARTS) {
      expect(members(store[part] ?? {})).toEqual(members(sink[part] ?? {}));
    }
  });

  it('stay away where the sink lacks an optional one', () => {
    const parts = { erasure: undefined, mirroring: undefined, verifying: undefined, explaining: undefined };
    const lacking = { ...parts, readContacts: undefined, planChanges: undefined };
    const store = guardStore(Object.assign(createMemoryStore(createMemoryTarget()), lacking));
    for (const name of Object.keys(lacking)) expect(name in store, name).toBe(false);
  });
});

it('refuses a request that no mailbox takes, before the sink gets it', async () => {
  const postRequest = vi.fn<StoreSink['postRequest']>(async () => {});
  const store = await opened({ postRequest });
  const post = (contactIds: readonly string[]) =>
    store.postRequest('s', { key: 'k', kind: 'refetch', contactIds }, options);
  await expect(post(Array(5_000).fill('x'.repeat(1_000)))).rejects.toMatchObject({
    code: 'REQUEST_UNFIT',
    message: expect.stringContaining('more than 4 MiB'),
  });
  expect(postRequest).not.toHaveBeenCalled();
  await post(['A1']);
  expect(postRequest).toHaveBeenCalledOnce();
});

it('names the holder to take over from by its former name too, for sinks that still read that', async () => {
  const claim = vi.fn<StoreSink['claim']>();
  const process = { host: 'h', bootId: 'b', pid: 1, startedAt: '1' };
  await (await opened({ claim })).claim('s', 'p', { leaseMs: 1_000, process, takeOverFrom: 'h', ...options });
  expect(claim.mock.lastCall?.[2]).toMatchObject({ takeOverFrom: 'h', supersede: 'h' });
});

describe('the order of calls', () => {
  it('refuses anything before open, and again after close', async () => {
    const store = guarded({});
    await expect(store.readState('s', options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
    await store.open(options);
    await expect(store.open(options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
    await store.close();
    await expect(store.readState('s', options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
  });

  it('lets open be called again after it threw', async () => {
    const open = vi.fn<StoreSink['open']>().mockRejectedValueOnce(new Error('down')).mockResolvedValueOnce();
    const store = guarded({ open });
    await expect(store.open(options)).rejects.toMatchObject({ code: 'SINK_FAILED' });
    await store.open(options);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it('refuses a write before the fields are declared, a dry run not counting', async () => {
    const store = guarded({ write: async () => RESULT });
    await store.open(options);
    await store.declareFields([], { ...options, dryRun: true });
    await expect(store.write(batchOf('A'), CLAIM, options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
    await store.declareFields([], options);
    expect(await store.write(batchOf('A'), CLAIM, options)).toBe(RESULT);
  });

  it('refuses a batch of more contacts than the sink takes', async () => {
    const limits = { concurrentWrites: 1, batchContacts: 1, batchBytes: 1_000 };
    const store = await opened({ limits, write: async () => RESULT });
    await expect(store.write(batchOf('A', 'B'), CLAIM, options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
  });

  it('passes close on once, also where open never succeeded', async () => {
    const close = vi.fn<StoreSink['close']>().mockResolvedValue();
    const store = guarded({ close });
    await Promise.all([store.close(), store.close()]);
    await store.close();
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('calls that exclude each other', () => {
  it('has a contact, or a call, in one write at a time', async () => {
    const under = { now: [] as string[], most: 0 };
    const write: StoreSink['write'] = async ({ contacts, inboundCalls }) => {
      const ids = [...contacts.map(({ contactId }) => contactId), ...inboundCalls.map(({ id }) => id)];
      expect(under.now.filter((id) => ids.includes(id))).toEqual([]);
      under.now.push(...ids);
      under.most = Math.max(under.most, under.now.length);
      await new Promise(setImmediate);
      under.now = under.now.filter((id) => !ids.includes(id));
      return RESULT;
    };
    const limits = { concurrentWrites: 3, batchContacts: 10, batchBytes: 1_000 };
    const store = await opened({ limits, write });
    const call = { ...batchOf(), inboundCalls: [{ id: 'call', values: {} }] };
    const batches = [batchOf('A', 'B'), batchOf('B', 'C'), batchOf('D'), call, call];
    await Promise.all(batches.map((batch) => store.write(batch, CLAIM, options)));
    expect(under.most).toBeGreaterThan(2);
  });
});

describe('errors', () => {
  it('lets a SinkError through, of any copy of the contract', async () => {
    const refused = new SinkError('FILES_NO', 'no', { verdict: 'refused', outcome: 'not-committed' });
    const store = await opened({ write: async () => Promise.reject(refused) });
    await expect(store.write(batchOf('A'), CLAIM, options)).rejects.toBe(refused);
  });

  it.each([new TypeError('x is not a function'), 'a string', undefined])('makes one of %s', async (thrown) => {
    const store = await opened({
      write: () => {
        throw thrown;
      },
    });
    const write = store.write(batchOf('A'), CLAIM, options);
    await expect(write).rejects.toMatchObject({
      name: 'SinkError',
      code: 'SINK_FAILED',
      verdict: 'retryable',
      outcome: 'unknown',
      cause: thrown,
    });
  });
});

describe('aborts', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const hanging = () => new Promise<never>(() => {});

  it('gives up a call that hangs, soon after its abort', async () => {
    const abort = new AbortController();
    const store = await opened({ write: hanging });
    const write = store.write(batchOf('A'), CLAIM, { signal: abort.signal });
    const outcome = expect(write).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED', outcome: 'unknown' });
    await vi.advanceTimersByTimeAsync(3_600_000);
    abort.abort();
    await vi.advanceTimersByTimeAsync(5_000);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('hands the abort to the sink, and waits for an answer that comes soon', async () => {
    const abort = new AbortController();
    const write: StoreSink['write'] = (_batch, _claim, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 1_000, RESULT)));
    const store = await opened({ write });
    const answer = store.write(batchOf('A'), CLAIM, { signal: abort.signal });
    await new Promise(setImmediate);
    abort.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toBe(RESULT);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin a call that was aborted before', async () => {
    const write = vi.fn<StoreSink['write']>();
    const store = await opened({ write });
    await expect(store.write(batchOf('A'), CLAIM, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'SINK_CALL_ABORTED',
      outcome: 'not-committed',
    });
    expect(write).not.toHaveBeenCalled();
  });

  it('aborts what is under way when the sink is closed, and closes after it', async () => {
    const order: string[] = [];
    const store = await opened({
      write: (_batch, _claim, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            order.push('write aborted');
            reject(signal.reason);
          }),
        ),
      close: async () => void order.push('closed'),
    });
    const write = store.write(batchOf('A'), CLAIM, options);
    const waiting = store.write(batchOf('A'), CLAIM, options);
    await new Promise(setImmediate);
    await Promise.all([
      expect(write).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED', outcome: 'unknown' }),
      expect(waiting).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED', outcome: 'not-committed' }),
      store.close(),
    ]);
    expect(order).toEqual(['write aborted', 'closed']);
  });

  it('says why a close failed', async () => {
    const store = await opened({ close: async () => Promise.reject(new Error('still 3 connections')) });
    await expect(store.close()).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: "The sink's close failed: still 3 connections",
    });
  });

  it('does not wait for a close that hangs', async () => {
    const store = await opened({ close: hanging });
    const closed = expect(store.close()).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED' });
    await vi.advanceTimersByTimeAsync(5_000);
    await closed;
  });
});
