import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { sampleProgress } from '@dbsync/testkit';
import { afterEach, expect, it, vi } from 'vitest';
import { contactWith, createOutboxFile, failureAt } from '../../../../test/harness/outbox-file.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Tables that have a row for each message, transaction, contact or dead letter. */
const GROWING = /\b(?:messages|bodies|ledger|contacts|proofs|dead_letters)\b/;
/** An index that is read from its beginning, and the order of the table itself (NOT INDEXED), stop at the first rows. */
const SLOW = /^SCAN (?!messages USING INDEX)|TEMP B-TREE/;

/** Every statement that the process prepares from now on. */
function recordPrepared(): ReadonlySet<string> {
  const seen = new Set<string>();
  const { prepare } = DatabaseSync.prototype;
  vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, ...args) {
    seen.add(args[0]);
    return prepare.apply(this, args);
  });
  return seen;
}

it('no statement of the hot path reads more of a table than it needs, nor sorts', async () => {
  await using file = createOutboxFile(createOutbox);
  const prepared = recordPrepared();
  const held = await file.hold();
  await held.write({ contacts: [contactWith('A1', 'a', 'b')], progress: sampleProgress(1), settled: ['k'] });
  const [message] = await held.take();
  await held.settle({ id: message?.id ?? '', outcome: 'dead', code: 'TEST_DEAD', failure: failureAt(0) });
  await held.drain();
  vi.restoreAllMocks();

  const hot = [...prepared].filter((text) => /^\s*(?:SELECT|INSERT|UPDATE|DELETE)\b/.test(text) && GROWING.test(text));
  expect(hot.length).toBeGreaterThan(30);
  const plans = hot.map((text) => ({ text, steps: file.query(`EXPLAIN QUERY PLAN ${text}`).map(detailOf) }));
  const slow = plans.filter(
    ({ text, steps }) => !text.includes('NOT INDEXED') && steps.some((step) => SLOW.test(step)),
  );
  expect(slow).toEqual([]);
});

it('R25 a million transactions fit into 100 MB, with the versions of their contacts', async () => {
  await using file = createOutboxFile(createOutbox);
  const held = await file.hold();
  const [contacts, each] = [2_500, 8];
  for (let from = 0; from < contacts; from += 250) {
    const some = Array.from({ length: 250 }, (_, nr) =>
      contactWith(`K${String(from + nr).padStart(15, '0')}`, ...'abcdefgh'),
    );
    await held.write({ contacts: some });
    await held.drain();
  }
  await held.store.close();
  const [{ bytes, entries } = {}] = file.query(`
    SELECT (SELECT count(*) FROM ledger) AS entries,
      (SELECT sum(pgsize) FROM dbstat WHERE name IN ('ledger', 'contacts')) AS bytes`);
  expect(entries).toBe(contacts * each);
  expect((Number(bytes) / contacts / each) * 1_000_000).toBeLessThan(70_000_000);
});

it('a backlog that is drained leaves its room: to what is queued next, and to the disk', async () => {
  await using file = createOutboxFile(createOutbox);
  const held = await file.hold();
  const text = 'x'.repeat(20_000);
  const pages = () => Number(file.query('PRAGMA page_count')[0]?.page_count);
  const fill = async (round: string) => {
    for (let part = 0; part < 8; part += 1) {
      await held.write({
        contacts: Array.from({ length: 250 }, (_, nr) => contactWith(`${round}${part}-${nr}`, text)),
      });
    }
  };
  await fill('A');
  const full = pages();
  await held.drain();
  const drained = pages();
  expect(drained).toBeLessThan(full / 2);
  await fill('B');
  expect(pages()).toBeLessThan(full * 1.05);
});

function detailOf({ detail }: Record<string, SQLOutputValue>): string {
  return String(detail);
}
