import assert from 'node:assert/strict';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { isSinkError } from '@dbsync/core/contract';
import type { CaseBench, Writer } from '../case-bench.js';
import { sampleContacts, sampleProgress } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectWholeOrNothing, outcomeOf } from '../whole-or-nothing.js';

/** An aborted write ends soon, and has committed whole or not at all. */
export const abortCases: readonly StoreCase[] = [
  storeCase('an aborted write has committed completely or not at all', async (bench) => {
    let writer = await bench.writer();
    const started = performance.now();
    await writer.write({ contacts: sampleContacts(60, 'measured-') });
    const tookMs = performance.now() - started;
    const turns = [0, 1, 2, 3, 5].map((count) => () => turnsOfTheLoop(count));
    const parts = [0.2, 0.5, 0.8].map((part) => () => delay(part * tookMs));
    for (const [nr, instant] of [...turns, ...parts].entries()) {
      const outcome = await callOffAt(bench, writer, nr, instant);
      writer = await bench.takeOver(writer);
      await expectWholeOrNothing(
        bench.target,
        writer,
        { contacts: contactsOf(nr), progress: sampleProgress(nr) },
        outcome,
      );
    }
  }),

  storeCase('an aborted call is no failure of the target', async (bench) => {
    let writer = await bench.writer();
    for (const turns of [0, 1, 2, 3, 5, 8]) {
      const { sink, claim } = writer;
      const abort = new AbortController();
      const options = { signal: AbortSignal.any([abort.signal, bench.options.signal]) };
      const calls = [
        writer.write({ contacts: contactsOf(turns) }, options),
        sink.renew(claim, options),
        sink.readState(claim.stream, options),
        sink.readVersions(claim, ['A1'], options),
        sink.takeRequests(claim, options),
      ];
      const ended = Promise.allSettled(calls);
      await turnsOfTheLoop(turns);
      abort.abort();
      for (const outcome of await ended) if (outcome.status === 'rejected') expectNoFailure(outcome.reason);
      writer = await bench.takeOver(writer);
    }
  }),
];

/** Accepts a SinkError only if core may repeat the call. Core repeats after every other error of an aborted call. */
function expectNoFailure(error: unknown): void {
  if (!isSinkError(error)) return;
  const { verdict, isUnclassified } = error;
  const wanted = { verdict: 'retryable', isUnclassified: false };
  assert.deepEqual({ verdict, isUnclassified }, wanted, `"${error.message}", thrown by an aborted call`);
}

function contactsOf(nr: number) {
  return sampleContacts(60, `round-${nr}-`);
}

async function callOffAt(bench: CaseBench, writer: Writer, nr: number, instant: () => Promise<void>) {
  const abort = new AbortController();
  const write = writer.write(
    { contacts: contactsOf(nr), progress: sampleProgress(nr) },
    { signal: AbortSignal.any([abort.signal, bench.options.signal]) },
  );
  const outcome = outcomeOf(write);
  await instant();
  abort.abort();
  return outcome;
}

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}
