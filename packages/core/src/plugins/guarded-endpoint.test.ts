import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EndpointSink, type Message, SinkError, type Verdict } from '../contract/index.js';
import { guardEndpoint } from './guarded-endpoint.js';

const NEVER = new AbortController().signal;
const options = { signal: NEVER };
const accepted: Verdict = { verdict: 'accepted' };

function messageOf(contactId: string): Message {
  return { id: `msg_${contactId}`, contactId, attempt: 1, contact: {}, transaction: {}, state: 'new' };
}

function guarded(overrides: Partial<EndpointSink>): EndpointSink {
  return guardEndpoint({
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [],
    close: async () => {},
    deliver: async (messages) => messages.map(() => accepted),
    ...overrides,
  });
}

async function opened(overrides: Partial<EndpointSink>): Promise<EndpointSink> {
  const endpoint = guarded(overrides);
  await endpoint.open(options);
  return endpoint;
}

describe('the order of calls', () => {
  it('refuses anything before open, and again after close', async () => {
    const endpoint = guarded({});
    await expect(endpoint.deliver([messageOf('A')], options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
    await endpoint.open(options);
    await expect(endpoint.open(options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
    expect(await endpoint.deliver([messageOf('A')], options)).toEqual([accepted]);
    await endpoint.close();
    await expect(endpoint.checkHealth(options)).rejects.toMatchObject({ code: 'SINK_MISUSED' });
  });

  it('lets open be called again after it threw', async () => {
    const open = vi.fn<EndpointSink['open']>().mockRejectedValueOnce(new Error('down')).mockResolvedValueOnce();
    const endpoint = guarded({ open });
    await expect(endpoint.open(options)).rejects.toMatchObject({ code: 'SINK_FAILED', verdict: 'retryable' });
    await endpoint.open(options);
  });

  it('passes close on once, after it has aborted what is under way', async () => {
    const order: string[] = [];
    const endpoint = await opened({
      deliver: (_messages, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            order.push('aborted');
            reject(signal.reason);
          }),
        ),
      close: async () => void order.push('closed'),
    });
    const delivery = endpoint.deliver([messageOf('A')], options);
    await new Promise(setImmediate);
    await Promise.all([
      expect(delivery).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED' }),
      endpoint.close(),
      endpoint.close(),
    ]);
    expect(order).toEqual(['aborted', 'closed']);
  });
});

it('has a contact in one call at a time, and many contacts side by side', async () => {
  let most = 0;
  const underWay: string[] = [];
  const endpoint = await opened({
    deliver: async (messages) => {
      const ids = messages.map(({ contactId }) => contactId);
      expect(underWay.filter((id) => ids.includes(id))).toEqual([]);
      underWay.push(...ids);
      most = Math.max(most, underWay.length);
      await new Promise(setImmediate);
      for (const id of ids) underWay.splice(underWay.indexOf(id), 1);
      return messages.map(() => accepted);
    },
  });
  const calls = ['A', 'B', 'A', 'C', 'D', 'A', 'E'].map((id) => endpoint.deliver([messageOf(id)], options));
  await Promise.all([...calls, endpoint.deliver([messageOf('B'), messageOf('F')], options)]);
  expect(most).toBeGreaterThanOrEqual(5);
});

describe('verdicts', () => {
  it.each<readonly [readonly Verdict[]]>([
    [[accepted, { verdict: 'gone', reason: 'r' }]],
    [[{ verdict: 'refused', reason: '', answer: '' }, accepted]],
    [
      [
        { verdict: 'retry', reason: 'r', answer: 'a', fault: 'message' },
        { verdict: 'retry', reason: 'r', answer: 'a', fault: 'target', retryAfterMs: 0 },
      ],
    ],
  ])('lets %j through', async (verdicts) => {
    const endpoint = await opened({ deliver: async () => verdicts });
    expect(await endpoint.deliver([messageOf('A'), messageOf('B')], options)).toBe(verdicts);
  });

  it.each<readonly [unknown, string]>([
    [undefined, 'it returned undefined instead of a list of verdicts'],
    [accepted, 'it returned an object instead of a list of verdicts'],
    [[], 'it returned 0 verdicts for 1 messages'],
    [[accepted, accepted], 'it returned 2 verdicts for 1 messages'],
    [[null], 'it returned null instead of a verdict'],
    [['accepted'], 'it returned accepted instead of a verdict'],
    [[{}], 'it returned an object instead of a verdict'],
    [[{ verdict: 'ok' }], 'it returned ok instead of a verdict'],
    [[{ verdict: 'constructor' }], 'it returned constructor instead of a verdict'],
    [[{ verdict: 'gone' }], 'the reason of its verdict "gone" is undefined'],
    [[{ verdict: 'refused', reason: 'r', answer: 5 }], 'the answer of its verdict "refused" is 5'],
    [[{ verdict: 'retry', reason: 'r', answer: '' }], 'the fault of its verdict "retry" is undefined'],
    [
      [{ verdict: 'retry', reason: 'r', answer: '', fault: 'target', retryAfterMs: Number.NaN }],
      'the retryAfterMs of its verdict "retry" is NaN',
    ],
  ])('takes %j for misbehaviour', async (verdicts, words) => {
    const endpoint = await opened({ deliver: async () => verdicts as readonly Verdict[] });
    await expect(endpoint.deliver([messageOf('A')], options)).rejects.toMatchObject({
      name: 'SinkError',
      code: 'SINK_MISBEHAVED',
      verdict: 'retryable',
      message: `The sink's deliver broke its contract: ${words}.`,
    });
  });
});

it.each([new TypeError('x is not a function'), 'a string', undefined])('makes a SinkError of %s', async (thrown) => {
  const endpoint = await opened({
    deliver: () => {
      throw thrown;
    },
  });
  const delivery = endpoint.deliver([messageOf('A')], options);
  await expect(delivery).rejects.toMatchObject({ name: 'SinkError', code: 'SINK_FAILED', cause: thrown });
});

it('lets a SinkError through', async () => {
  const busy = new SinkError('QUEUE_BUSY', 'busy', { verdict: 'retryable', outcome: 'unknown', retryAfterMs: 5 });
  const endpoint = await opened({ deliver: () => Promise.reject(busy) });
  await expect(endpoint.deliver([messageOf('A')], options)).rejects.toBe(busy);
});

describe('calls that hang', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const hanging = () => new Promise<never>(() => {});

  it('are given up soon after their abort', async () => {
    const abort = new AbortController();
    const endpoint = await opened({ deliver: hanging });
    const delivery = endpoint.deliver([messageOf('A')], { signal: abort.signal });
    const outcome = expect(delivery).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED', outcome: 'unknown' });
    await new Promise(setImmediate);
    abort.abort();
    await vi.advanceTimersByTimeAsync(5_000);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are aborted after minutes, whatever deadline the sink forgot', async () => {
    const endpoint = await opened({ deliver: hanging });
    const delivery = endpoint.deliver([messageOf('A')], options);
    const outcome = expect(delivery).rejects.toMatchObject({ code: 'SINK_CALL_ABORTED', verdict: 'retryable' });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    await vi.advanceTimersByTimeAsync(5_000);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leave no timer behind when they are answered', async () => {
    const endpoint = await opened({});
    await endpoint.deliver([messageOf('A')], options);
    expect(vi.getTimerCount()).toBe(0);
  });
});
