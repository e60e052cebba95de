import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import {
  type ContactTree,
  isSinkError,
  type Progress,
  rowsOfContact,
  type SinkErrorDetails,
} from '@dbsync/core/contract';
import { STREAM, type Writer } from './case-bench.js';
import type { StoreTarget } from './store-subject.js';
import { storedIds } from './stored-rows.js';

/** A sink's report about a write that was disturbed. */
export type WriteOutcome = 'committed' | SinkErrorDetails['outcome'];

/** Returns the outcome of a write. An error that is no SinkError says nothing, so the outcome is unknown. */
export function outcomeOf(write: Promise<unknown>): Promise<WriteOutcome> {
  return write.then(
    () => 'committed',
    (error: unknown) => (isSinkError(error) ? error.outcome : 'unknown'),
  );
}

/**
 * Fails unless the disturbed write is there with all its rows and its progress, or with nothing, and as the sink
 * reported.
 *
 * @param next holds a newer claim, so that the write cannot commit any more
 */
export async function expectWholeOrNothing(
  target: StoreTarget,
  next: Writer,
  write: { readonly contacts: readonly ContactTree[]; readonly progress: Progress },
  said: WriteOutcome,
): Promise<'committed' | 'not-committed'> {
  const rows = write.contacts.flatMap((tree) => [...rowsOfContact(tree)]);
  const signal = AbortSignal.timeout(60_000);
  const { progress } = await next.sink.readState(STREAM, { signal });
  const found = { progress: isDeepStrictEqual(progress, write.progress), contacts: 0, recordings: 0 };
  const wanted = { progress: true, contacts: 0, recordings: 0 };
  for (const table of ['contacts', 'recordings'] as const) {
    const ids = new Set(rows.filter((row) => row.table === table).map(({ id }) => id));
    wanted[table] = ids.size;
    found[table] = (await storedIds(target, table)).filter((id) => ids.has(id)).length;
  }
  const nothing = { progress: false, contacts: 0, recordings: 0 };
  const isThere = found.contacts > 0 || found.progress;
  assert.deepEqual(found, isThere ? wanted : nothing, 'the part of the write that is stored');
  if (said !== 'unknown')
    assert.equal(isThere, said === 'committed', `whether the write is stored: the sink said ${said}`);
  return isThere ? 'committed' : 'not-committed';
}
