import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { type DeliveryBench, startBench } from '../../../../test/harness/delivery-bench.ts';
import { createMemoryQueue } from '../../../../test/harness/memory-queue.ts';
import type { Verdict } from '../../src/contract/index.ts';
import { parseAttemptSchedule } from '../../src/deliver/attempt-schedule.ts';

const HOUR_MS = 3_600_000;
/** A schedule that is too slow for a message of a test to come to its tenth attempt. */
const schedule = parseAttemptSchedule('1m');
const NEVER = new AbortController().signal;

type Answer = Verdict | 'throws' | 'hangs' | 'answer lost';

const retry = (fault: 'message' | 'target'): Verdict => ({ verdict: 'retry', reason: 'no', answer: '', fault });
const answers = fc.infiniteStream(
  fc.record({
    answer: fc.oneof(
      { weight: 6, arbitrary: fc.constant<Answer>({ verdict: 'accepted' }) },
      fc.constantFrom<Answer>(retry('message'), retry('target'), 'throws', 'hangs', 'answer lost'),
    ),
    afterMs: fc.nat(2_000),
  }),
);

it('delivers every message, those of a contact in order, whatever fails and however often the loop is killed', async () => {
  const life = fc.record({ queued: fc.array(fc.nat(6), { maxLength: 12 }), livesMs: fc.nat(90_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), answers, async (lives, stream) => {
      const [clock, queue] = [createDrivenClock(), createMemoryQueue()];
      const ids = new Map<string, string[]>();
      const acceptedIds: string[] = [];
      const run = (epoch: bigint): DeliveryBench => {
        const bench = startBench({ clock, queue, epoch, schedule });
        bench.onDeliver = async ({ id }, signal) => {
          const { answer, afterMs } = stream.next().value;
          await clock.sleep(answer === 'hangs' ? 30_000 : afterMs, signal);
          if (answer === 'answer lost' || (typeof answer === 'object' && answer.verdict === 'accepted')) {
            acceptedIds.push(id);
          }
          if (typeof answer === 'object') return answer;
          throw new Error('no answer');
        };
        return bench;
      };
      for (const [nr, { queued, livesMs }] of lives.entries()) {
        const epoch = BigInt(nr + 1);
        queue.fence(epoch);
        const bench = run(epoch);
        for (const contact of queued) {
          const contactId = `C${contact}`;
          ids.set(contactId, [...(ids.get(contactId) ?? []), queue.add(contactId, clock.now())]);
        }
        bench.loop.wake();
        await clock.pass(livesMs);
        bench.halt(new Error('killed'));
        await bench.ended.catch(() => {});
      }
      queue.fence(99n);
      const last = run(99n);
      last.onDeliver = async ({ id }) => {
        await clock.sleep(1, NEVER);
        acceptedIds.push(id);
        return { verdict: 'accepted' };
      };
      await clock.pass(HOUR_MS);
      last.stop();
      await last.ended;
      for (const [, ofContact] of ids) {
        const once = [...new Set(acceptedIds.filter((id) => ofContact.includes(id)))];
        expect(once).toEqual(ofContact);
        const ended = queue.settled.filter(({ id, outcome }) => ofContact.includes(id) && outcome === 'accepted');
        expect(ended.map(({ id }) => id)).toEqual(ofContact);
      }
    }),
    { numRuns: 40 },
  );
});
