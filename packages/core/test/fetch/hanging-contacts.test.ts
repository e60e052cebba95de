import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import type { HttpTransport } from '../../src/fetch/http-transport.ts';
import { createHangingApi, idList, ofKind, startHangingClient } from './hanging-api.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

it('R6 lets one hanging id hold the others of its group up for one time-out and no longer', async () => {
  const { clock, fetch } = startHangingClient((id) => id === 'id-33');
  const { arrived, done } = fetch(idList(100));
  await clock.pass(5 * SECOND_MS);
  expect(ofKind(arrived, 'body')).toHaveLength(80);
  await clock.pass(MINUTE_MS);
  expect(ofKind(arrived, 'body').length).toBeGreaterThan(95);
  await clock.pass(10 * SECOND_MS);
  expect(ofKind(arrived, 'body')).toHaveLength(99);
  await clock.pass(15 * SECOND_MS);
  expect(ofKind(arrived, 'failed')).toEqual(['id-33']);
  await done;
});

it('R6 finds many hanging ids side by side', async () => {
  const { clock, fetch } = startHangingClient((id) => Number(id.slice(3)) % 2 === 1);
  const { arrived } = fetch(idList(40));
  await clock.pass(3 * MINUTE_MS);
  expect(ofKind(arrived, 'body')).toHaveLength(20);
  expect(ofKind(arrived, 'failed')).toHaveLength(20);
});

it('R6 answers at once for an id that hung lately, and asks for it alone when that is over', async () => {
  const { clock, client, fetch, groups } = startHangingClient((id) => id === 'id-3');
  fetch(idList(10));
  await clock.pass(3 * MINUTE_MS);
  expect(client.isSuspect('id-3')).toBe(true);
  const soon = fetch(idList(10));
  await clock.pass(SECOND_MS);
  await soon.done;
  expect(ofKind(soon.arrived, 'failed')).toEqual(['id-3']);
  await clock.pass(10 * MINUTE_MS);
  groups.length = 0;
  const later = fetch(idList(10));
  await clock.pass(SECOND_MS);
  expect(ofKind(later.arrived, 'body')).toHaveLength(9);
  expect(groups.filter((ids) => ids.includes('id-3'))).toEqual([['id-3']]);
  await clock.pass(MINUTE_MS);
  expect(ofKind(later.arrived, 'failed')).toEqual(['id-3']);
});

it('R6 asks again for an id that hung lately where its caller insists, for longer each time', async () => {
  let hangs = true;
  const { clock, client, fetch } = startHangingClient((id) => hangs && id === 'id-3');
  fetch(idList(10));
  await clock.pass(3 * MINUTE_MS);
  const again = fetch(['id-3'], true);
  await clock.pass(19 * SECOND_MS);
  expect(again.arrived.size).toBe(0);
  await clock.pass(2 * SECOND_MS);
  expect(ofKind(again.arrived, 'failed')).toEqual(['id-3']);
  hangs = false;
  const later = fetch(['id-3'], true);
  await clock.pass(SECOND_MS);
  expect(ofKind(later.arrived, 'body')).toEqual(['id-3']);
  expect(client.isSuspect('id-3')).toBe(false);
});

it.each([0, 5, 59, 61, 75, 600])('R6 never takes an API that goes silent for %d s for bad ids', async (silentS) => {
  let isSilent = true;
  const { clock, client, fetch } = startHangingClient(() => isSilent);
  const { arrived, done } = fetch(idList(50));
  await clock.pass(silentS * SECOND_MS);
  isSilent = false;
  await clock.pass(5 * MINUTE_MS);
  await done;
  expect(ofKind(arrived, 'body')).toHaveLength(50);
  expect(client.isSuspect('id-3')).toBe(false);
});

it('R6 finds a hanging id where the contact that it is compared with fails once', async () => {
  let failures = 1;
  const { clock, fetch } = startHangingClient((id) => id === 'id-3' || (id === 'listed' && failures-- > 0));
  const { arrived } = fetch(['id-3']);
  await clock.pass(5 * MINUTE_MS);
  expect(ofKind(arrived, 'failed')).toEqual(['id-3']);
});

it('R6 never takes an API that falls silent between two answers for bad ids', async () => {
  let isSilent = false;
  const { clock, fetch } = startHangingClient(() => isSilent);
  const { arrived, done } = fetch(idList(400));
  await clock.pass(250);
  isSilent = true;
  await clock.pass(5 * MINUTE_MS);
  isSilent = false;
  await clock.pass(5 * MINUTE_MS);
  await done;
  expect(ofKind(arrived, 'body')).toHaveLength(400);
});

it.each([1, 2, 3, 4, 5])('R6 finds a hanging id soon after an outage of all of the API, try %d', async () => {
  let isSilent = true;
  const { clock, fetch } = startHangingClient((id) => isSilent || id === 'id-3');
  const { arrived } = fetch(idList(5));
  await clock.pass(20 * MINUTE_MS);
  expect(arrived.size).toBe(0);
  isSilent = false;
  await clock.pass(5 * MINUTE_MS);
  expect(ofKind(arrived, 'body')).toHaveLength(4);
  expect(ofKind(arrived, 'failed')).toEqual(['id-3']);
});

it('R6 ends at once where it is aborted while a request that was given up undecided is held back', async () => {
  const clock = createDrivenClock();
  const isAsked = Promise.withResolvers<void>();
  let isSilent = true;
  const api = createHangingApi(clock, (id) => isSilent || id === 'id-3');
  const transport: HttpTransport = {
    ...api.transport,
    async send(request, stop, transfer) {
      if (request.path === 'fields/list') {
        await isAsked.promise;
        return { status: 503, date: undefined, retryAfter: '600', contentType: undefined, text: '{}', bytes: 2 };
      }
      if (!isSilent && request.body?.includes('listed')) isAsked.resolve();
      return api.transport.send(request, stop, transfer);
    },
  };
  const { fetch, client } = startHangingClient(() => false, { clock, transport });
  const aborting = new AbortController();
  const { done } = fetch(['id-3'], false, aborting.signal);
  const ended = expect(done).rejects.toThrow('given up by the caller');
  const fields = client.listFields({ signal: aborting.signal });
  const fieldsEnded = expect(fields).rejects.toThrow('given up by the caller');
  await clock.pass(10 * MINUTE_MS);
  isSilent = false;
  await clock.pass(5 * MINUTE_MS);
  await isAsked.promise;
  aborting.abort(new Error('given up by the caller'));
  await ended;
  await fieldsEnded;
});

it('R6 asks for healthy contacts while more contacts hang than are asked for with care at a time', async () => {
  const { clock, fetch } = startHangingClient((id) => Number(id.slice(3)) % 2 === 1);
  fetch(idList(80));
  await clock.pass(30 * MINUTE_MS);
  const { arrived } = fetch(idList(160));
  await clock.pass(5 * SECOND_MS);
  expect(ofKind(arrived, 'body').length).toBeGreaterThanOrEqual(40);
});

it('R6 asks for contacts that hung lately where there are no others', async () => {
  const { clock, fetch, groups } = startHangingClient((id) => Number(id.slice(3)) % 2 === 1);
  const hanging = idList(80).filter((id) => Number(id.slice(3)) % 2 === 1);
  fetch(idList(80));
  await clock.pass(30 * MINUTE_MS);
  groups.length = 0;
  const { arrived, done } = fetch(hanging);
  await clock.pass(SECOND_MS);
  expect(groups.filter((ids) => hanging.includes(ids[0] ?? '')).length).toBeLessThanOrEqual(4);
  await clock.pass(20 * MINUTE_MS);
  expect(ofKind(arrived, 'failed')).toHaveLength(hanging.length);
  await done;
});
