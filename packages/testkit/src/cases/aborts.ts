import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { CaseBench, Writer } from '../case-bench.js';
import { sampleContacts, sampleProgress } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectWholeOrNothing, outcomeOf } from '../whole-or-nothing.js';

/** A write that is called off ends soon, and has committed whole or not at all. */
export const abortCases: readonly StoreCase[] = [
  storeCase('a write that is called off has committed whole or not at all', async (bench) => {
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
];

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
