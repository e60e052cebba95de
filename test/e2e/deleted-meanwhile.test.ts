import { createHttpTransport, type HttpTransport } from '@dbsync/core';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

/**
 * A transport to a simulator in which a contact is deleted between the first listing and the first request for bodies.
 */
function createDeletingTransport({ url, campaign, token }: Simulator) {
  const limits = { idleMs: 60_000, deadlineMs: 60_000, maxAnswerBytes: 64 << 20 };
  const http = createHttpTransport({ apiUrl: url, campaign, token, ...limits });
  let deleted: string | null = null;
  let listings = 0;
  const without = (text: string, isGone: (entry: Record<string, string>) => boolean) => {
    const answer = JSON.parse(text);
    const rest = (entries: Record<string, string>[]) => entries.filter((entry) => !isGone(entry));
    return JSON.stringify(Array.isArray(answer) ? rest(answer) : { ...answer, results: rest(answer.results) });
  };
  const transport: HttpTransport = {
    ...http,
    async send(request, signal) {
      const answer = await http.send(request, signal);
      const isListing = request.path === 'contacts/list';
      if (isListing && (request.query.cursor ?? null) === null) listings += 1;
      if (request.path === 'contacts/') deleted ??= String(JSON.parse(answer.text)[0].$id);
      if (!isListing && request.path !== 'contacts/') return answer;
      return { ...answer, text: without(answer.text, ({ id, $id }) => deleted !== null && (id ?? $id) === deleted) };
    },
  };
  return { transport, deleted: () => deleted, listings: () => listings };
}

it('R5 counts no contact that was deleted while it was listed, and lists once more to know it', async () => {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 30 });
  onTestFinished(() => simulator.close());
  const { transport, deleted, listings } = createDeletingTransport(simulator);
  const ticking = setInterval(() => clock.jump(1_000), 10);
  onTestFinished(() => clearInterval(ticking));
  const store = createMemoryStore(createMemoryTarget());
  const run = startRun({ simulator, store, transport, clock });
  expect((await run.done).totals).toMatchObject({ contactsListed: 29, contactsWritten: 29, deadLetters: 0 });
  const reported = run.events.flatMap((event) =>
    event.type === 'notice' && event.code === 'CONTACT_GONE' ? event.message : [],
  );
  expect(reported).toEqual([
    `Contact ${deleted()} was deleted in the campaign while it was listed. Existing rows stay.`,
  ]);
  expect(listings()).toBe(3);
});
