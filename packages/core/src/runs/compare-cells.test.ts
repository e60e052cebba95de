import { expect, it } from 'vitest';
import type { FetchedContact } from '../fetch/api-client.js';
import { compareCells } from './compare-cells.js';
import type { VerifyDesk } from './verify-desk.js';

it('verify --deep names a listed contact without a body, for its cells were not compared', async () => {
  async function* contactBodies(ids: Iterable<string>): AsyncGenerator<FetchedContact> {
    for (const id of ids)
      yield id === 'failing'
        ? ({ kind: 'failed', id, code: 'C', message: 'm' } as unknown as FetchedContact)
        : { kind: 'missing', id };
  }
  const store = { limits: { batchContacts: 10, batchBytes: 1_000 } };
  const parts = { settings: { campaign: 'C', sink: { store } }, context: {}, api: { contactBodies } };
  const look = await compareCells(parts as unknown as VerifyDesk, ['failing', 'bodiless'], () => {});
  expect(look.unfetched).toEqual(['failing', 'bodiless']);
});
