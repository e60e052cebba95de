import { expect, it } from 'vitest';
import { idList, ofKind, startHangingClient } from './hanging-api.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

it.each([
  { hanging: 600, others: 0 },
  { hanging: 300, others: 300 },
  { hanging: 60, others: 540 },
])('R6 is done within minutes with $hanging hanging contacts among $others others', async ({ hanging, others }) => {
  const every = (hanging + others) / hanging;
  const { clock, fetch } = startHangingClient((id) => Number(id.slice(3)) % every === 0);
  fetch(['known']);
  await clock.pass(SECOND_MS);
  const { arrived } = fetch(idList(hanging + others));
  await clock.pass(6 * MINUTE_MS);
  expect(ofKind(arrived, 'failed')).toHaveLength(hanging);
  expect(ofKind(arrived, 'body')).toHaveLength(others);
});

it('R6 takes no contact for one that hangs because the API is slow while many others hang', async () => {
  let tookMs = 100;
  const { clock, fetch, client } = startHangingClient((id) => Number(id.slice(3)) < 40, { tookMs: () => tookMs });
  fetch(idList(40));
  await clock.pass(6 * MINUTE_MS);
  expect(client.isSuspect('id-39')).toBe(true);
  tookMs = 3 * SECOND_MS;
  const { arrived, done } = fetch(idList(100).slice(40));
  await clock.pass(10 * MINUTE_MS);
  await done;
  expect(ofKind(arrived, 'body')).toHaveLength(60);
});
