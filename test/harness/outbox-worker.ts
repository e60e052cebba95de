/**
 * A process that queues and delivers until it is killed: argv has the file, the holder to take over from (or nothing),
 * and a number that makes its contacts unique. It prints each commit on a line.
 */

import { createOutbox } from '@dbsync/core';
import { contactWith } from './outbox-file.ts';
import { batchOf, claimOf, never } from './sqlite-file.ts';

const [, , file = '', takeOverFrom = '', round = ''] = process.argv;
const say = (line: string) => process.stdout.write(`${line}\n`);

const { store, queue } = createOutbox({ file, ballastBytes: 0 });
await store.open(never);
const claim = await claimOf(store, takeOverFrom === '' ? {} : { takeOverFrom });
say(`claimed ${claim.holder}`);
for (let nr = 0; ; nr += 1) {
  const contacts = Array.from({ length: 20 }, (_, at) => contactWith(`R${round}-${nr}-${at}`, 'a', 'b'));
  await store.write(batchOf({ contacts }), claim, never);
  for (const { contactId } of contacts) say(`queued ${contactId}`);
  const taken = await queue.take(claim, { limit: 30, nowMs: Date.now(), ...never });
  for (const { id } of taken) say(`sent ${id}`);
  await queue.settle(
    claim,
    taken.map(({ id }) => ({ id, outcome: 'accepted' })),
    never,
  );
  for (const { id } of taken) say(`accepted ${id}`);
}
