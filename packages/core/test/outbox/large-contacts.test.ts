import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { contactWith, statusesOf } from '../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';

const file = outboxFileOfEachTest();

it('a contact whose messages would fill the disk is refused by its id, and the others are queued', async () => {
  const { write, drain } = await file.hold();
  const transactions = Array.from({ length: 40 }, (_, nr) => sampleTransaction('A1', nr + 1));
  const large = sampleContact('A1', { transactions, values: { note: 'x'.repeat(8 << 20) } });
  const refused = { code: 'OUTBOX_CONTACT_TOO_LARGE', verdict: 'refused', refusedContactIds: ['A1'] };
  await expect(write({ contacts: [contactWith('B1', 'b'), large] })).rejects.toMatchObject(refused);
  expect(file.query('SELECT count(*) AS n FROM messages')).toEqual([{ n: 0 }]);
  await write({ contacts: [contactWith('B1', 'b')] });
  expect(statusesOf(await drain())).toEqual(['B1:b']);
});
