import { expect, it } from 'vitest';
import type { ContactTree } from '../contract/index.js';
import type { FetchedContact } from '../fetch/api-client.js';
import { compareCells } from './compare-cells.js';
import { confirmCells } from './confirm-cells.js';
import type { VerifyDesk } from './verify-desk.js';

/** A copy in which every contact differs. The API fails to give `late` until a call insists, and `bad` always. */
function createDesk() {
  const slept: number[] = [];
  let mayGive = false;
  async function* contactBodies(
    ids: Iterable<string>,
    { insist = false }: { readonly insist?: boolean },
  ): AsyncGenerator<FetchedContact> {
    for (const id of ids) {
      if (id === 'late' && insist) mayGive = true;
      if (id === 'bad' || (id === 'late' && !mayGive)) yield { kind: 'failed', id, code: 'C', reason: 'r' };
      else yield { kind: 'body', id, body: { $id: id, $md5: 'm' }, bytes: 10 };
    }
  }
  const cell = { name: '$status', field: '$status', expected: 'open', stored: 'by hand' };
  const verifying = {
    compareRows: async (_stream: string, { contacts }: { readonly contacts: readonly ContactTree[] }) =>
      contacts.map(({ contactId }) => ({ kind: 'contacts', id: contactId, contactId, version: '1', cells: [cell] })),
    compare: async () => [],
  };
  const settings = { campaign: 'C', sink: { store: { limits: { batchContacts: 10, batchBytes: 1_000 } } } };
  const clock = { sleep: async (ms: number) => void slept.push(ms) };
  const records = { stream: 'C', filter: null, fields: null, now: () => '' };
  const parts = { settings, context: { clock }, api: { contactBodies }, verifying, records, show: String };
  return { slept, desk: parts as unknown as VerifyDesk };
}

it('verify --deep asks once more for a contact that failed, and compares it twice, a second apart', async () => {
  const { desk, slept } = createDesk();
  const first = await compareCells(desk, ['late', 'bad', 'good'], () => {});
  expect(first.unfetched).toEqual(['late', 'bad']);
  const { rows, unfetched } = await confirmCells(desk, first);
  expect(rows.map(({ contactId }) => contactId)).toEqual(['good', 'late']);
  expect(unfetched).toEqual(['bad']);
  expect(slept).toEqual([1_000]);
});
