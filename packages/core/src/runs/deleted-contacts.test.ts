import { expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { createLearnedDeadlines } from '../concurrency/learned-deadline.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import { createDeletedCheck } from './deleted-contacts.js';
import type { Session } from './session.js';

/** The parts of a session that the check uses. @param answers the contacts that each answer lacks; the last one stays */
function checkOver(...answers: readonly (readonly string[])[]) {
  const clock = createSleepingClock();
  let asked = 0;
  const move = async (requests: readonly { readonly id: string }[]) => {
    const gone = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    return { missing: new Set(requests.map(({ id }) => id).filter((id) => gone.includes(id))) };
  };
  const session = {
    context: { clock },
    store: { readVersions: async () => new Map() },
    claim: {},
    deadlines: createLearnedDeadlines(clock, 60_000),
    storeGate: createSemaphore(1),
    stop: new AbortController().signal,
    pipeline: { move },
    abandon: (error: unknown) => {
      throw error;
    },
  };
  const deletedOf = createDeletedCheck(session as unknown as Session);
  /** Asks until it is known. */
  const answer = async (actNr: number, place = 0) => {
    for (;;) {
      const known = deletedOf(['A1', 'B1'], { actNr, place });
      if (known !== null) return [...known];
      await new Promise(setImmediate);
    }
  };
  return { answer, slept: clock.slept };
}

it('R38 one empty answer takes no contact for deleted', async () => {
  const { answer } = checkOver(['A1', 'B1'], []);
  expect(await answer(1)).toEqual([]);
});

it('R38 a contact that no answer has is deleted', async () => {
  expect(await checkOver(['A1']).answer(1)).toEqual(['A1']);
  expect(await checkOver(['A1', 'B1']).answer(1)).toEqual(['A1', 'B1']);
});

it('R38 where an answer also lacks a contact that exists, the check begins again later', async () => {
  const { answer, slept } = checkOver(['A1'], ['A1', 'B1'], ['A1']);
  expect(await answer(1)).toEqual(['A1']);
  expect(slept).toContain(60_000);
});

it('a replay of the same messages asks again, since a contact may have been deleted since', async () => {
  const { answer } = checkOver([], ['A1']);
  expect(await answer(1)).toEqual([]);
  expect(await answer(1)).toEqual([]);
  expect(await answer(2)).toEqual(['A1']);
});
