import { afterEach, beforeEach, expect, it } from 'vitest';
import { startMuteAddress } from '../../../test/harness/mute-address.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { closeServer, connect, holdLock, openServer, query, server, WAITING, waiting } from './sharing-sinks.ts';

beforeEach(openServer);
afterEach(closeServer);

/** The kind of the message. */
const isStatement = (bytes: Buffer) => bytes[0] === 'Q'.charCodeAt(0);

it('frees the place of a call whose connection the server opened and then answered no more', async () => {
  const share = sinkShare(4);
  await using address = await startMuteAddress(`${server.database}?connect_timeout=2`, isStatement);
  const one = await connect(share, address.url);
  const release = await holdLock();
  const kept = [1, 2].map(() => query(one, WAITING));
  await expect.poll(waiting).toBe(2);
  address.mute();
  const error = await connect(share, address.url).catch((error) => error);
  expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
  address.answer();
  const next = await connect(share, address.url);
  expect((await query(next, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await release();
  expect(await Promise.all(kept)).toHaveLength(2);
  for (const session of [one, next]) expect(session.losses.unreported()).toBeNull();
});
