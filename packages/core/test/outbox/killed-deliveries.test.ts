import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createOutboxFile, type OutboxFile } from '../../../../test/harness/outbox-file.ts';
import { claimOf, never } from '../../../../test/harness/sqlite-file.ts';

const WORKER = fileURLToPath(new URL('../../../../test/harness/outbox-worker.ts', import.meta.url));
const ROUNDS = 6;

it('R24, R25 a process that is killed at any instant loses nothing, and a message whose acceptance it learned never comes again', async () => {
  await using file = createOutboxFile();
  const said = { queued: new Set<string>(), sent: new Set<string>(), accepted: new Set<string>() };
  let holder = '';
  for (let round = 0; round < ROUNDS; round += 1) holder = await workAndDie(file.file, holder, round, said);
  expectSound(file);

  const { store, queue } = await file.open();
  const claim = await claimOf(store, { takeOverFrom: holder });
  const delivered = new Map<string, string>();
  for (;;) {
    const taken = await queue.take(claim, { limit: 500, nowMs: Date.now(), ...never });
    if (taken.length === 0) break;
    for (const { id, contactId } of taken) delivered.set(id, contactId);
    const outcomes = taken.map(({ id }) => ({ id, outcome: 'accepted' }) as const);
    await queue.settle(claim, outcomes, never);
  }
  expect([...delivered.keys()].filter((id) => said.accepted.has(id))).toEqual([]);
  expectSound(file);
  const [{ contacts, transactions, open } = {}] = file.query(`
    SELECT (SELECT count(*) FROM contacts) AS contacts, (SELECT count(*) FROM ledger) AS transactions,
      (SELECT count(*) FROM ledger WHERE outcome IS NOT 1) AS open`);
  expect([Number(transactions), open]).toEqual([2 * Number(contacts), 0]);
  const known = new Set(file.query('SELECT contact FROM contacts').map(({ contact }) => String(contact)));
  expect([...said.queued].filter((contact) => !known.has(contact))).toEqual([]);
  expect(said.accepted.size).toBeGreaterThan(0);
});

/** Kills the worker in the middle of its work; answers who held the stream. */
async function workAndDie(
  file: string,
  takeOverFrom: string,
  round: number,
  said: Record<'queued' | 'sent' | 'accepted', Set<string>>,
): Promise<string> {
  const worker: ChildProcessWithoutNullStreams = spawn(process.execPath, [WORKER, file, takeOverFrom, String(round)]);
  const gone = once(worker, 'exit');
  let holder = '';
  let complaints = '';
  worker.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk;
  });
  const dieAfter = 30 + 37 * round;
  let lines = 0;
  for await (const line of createInterface({ input: worker.stdout })) {
    const [verb = '', what = ''] = line.split(' ');
    if (verb === 'claimed') holder = what;
    if (verb === 'queued' || verb === 'sent' || verb === 'accepted') said[verb].add(what);
    lines += 1;
    if (lines === dieAfter) worker.kill('SIGKILL');
  }
  await gone;
  if (holder === '') throw new Error(`The worker claimed nothing: ${complaints}`);
  return holder;
}

/** Checks that all parts of a commit are there, or none. */
function expectSound(file: OutboxFile): void {
  const [found] = file.query(`SELECT
    (SELECT count(*) FROM ledger WHERE (outcome IS NULL) <> (message_nr IS NOT NULL)) AS undecided,
    (SELECT count(*) FROM ledger LEFT JOIN messages ON nr = message_nr
      WHERE message_nr IS NOT NULL AND hash IS NOT queued) AS astray,
    (SELECT count(*) FROM messages LEFT JOIN ledger USING (stream_nr, transaction_id) WHERE queued IS NULL) AS unknown,
    (SELECT count(*) FROM messages LEFT JOIN bodies ON message_nr = nr WHERE message_nr IS NULL) AS bodiless,
    (SELECT count(*) FROM bodies) - (SELECT count(*) FROM messages) AS bodies,
    (SELECT messages FROM streams) - (SELECT count(*) FROM messages) AS messages,
    (SELECT lines FROM streams) - (SELECT count(DISTINCT contact) FROM messages) AS lines,
    (SELECT lines FROM streams) - (SELECT count(*) FROM messages WHERE is_head = 1) AS heads,
    (SELECT count(*) FROM messages AS a JOIN messages AS b ON a.contact = b.contact AND a.nr < b.nr
      WHERE b.is_head = 1) AS misplaced`);
  expect(Object.entries(found ?? {}).filter(([, count]) => count !== 0)).toEqual([]);
}
