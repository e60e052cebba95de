import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFairShare, type ShareOfPlaces } from './fair-share.js';

const never = new AbortController().signal;

/** Begins work that lasts until it is ended, and notes its name when it begins. */
function begin(share: ShareOfPlaces, name: string, begun: string[], signal = never) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = share.run(() => {
    begun.push(name);
    return promise;
  }, signal);
  return { end: resolve, done };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

it('gives each user its own place, though another one holds all that are shared', async () => {
  const share = createFairShare({ shared: 2, own: 1 });
  const begun: string[] = [];
  const greedy = share.join();
  for (const nr of [1, 2, 3, 4, 5]) begin(greedy, `greedy ${nr}`, begun);
  const modest = share.join();
  begin(modest, 'modest 1', begun);
  begin(modest, 'modest 2', begun);
  await settle();
  expect(begun).toEqual(['greedy 1', 'greedy 2', 'greedy 3', 'modest 1']);
});

it('gives free shared places to the users in turn', async () => {
  const share = createFairShare({ shared: 1, own: 1 });
  const begun: string[] = [];
  const users = ['a', 'b', 'c'].map((name) => ({ name, share: share.join() }));
  const held = users.map(({ name, share: own }) => begin(own, `${name} own`, begun));
  const first = begin(users[0]?.share ?? share.join(), 'a shared', begun);
  const waiting = users.flatMap(({ name, share: own }) => [1, 2].map((nr) => begin(own, `${name}${nr}`, begun)));
  await settle();
  begun.splice(0);
  first.end();
  for (const { end } of waiting) {
    await settle();
    end();
  }
  await settle();
  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  for (const { end } of held) end();
});

it('gives one user no more than its limit, and takes a place back', async () => {
  const share = createFairShare({ shared: 3, own: 0, perUser: 2 });
  const [greedy, modest] = [share.join(), share.join()];
  const begun: string[] = [];
  const leave = await greedy.enter(never);
  begin(greedy, 'greedy 2', begun);
  begin(greedy, 'greedy 3', begun);
  begin(modest, 'modest 1', begun);
  begin(modest, 'modest 2', begun);
  await settle();
  expect(begun).toEqual(['greedy 2', 'modest 1']);
  leave();
  await settle();
  expect(begun).toEqual(['greedy 2', 'modest 1', 'greedy 3']);
});

it('lets work that is aborted leave its turn to the next', async () => {
  const share = createFairShare({ shared: 1, own: 0 });
  const begun: string[] = [];
  const user = share.join();
  const first = begin(user, 'first', begun);
  const stop = new AbortController();
  const aborted = begin(user, 'aborted', begun, stop.signal);
  begin(user, 'next', begun);
  stop.abort(new Error('stop'));
  await expect(aborted.done).rejects.toThrow('stop');
  first.end();
  await settle();
  expect(begun).toEqual(['first', 'next']);
});

it('never has more work under way than places, and begins all of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }),
      async (shared, own, owners) => {
        const share = createFairShare({ shared, own });
        const users = [0, 1, 2, 3].map(() => ({ share: share.join(), running: 0 }));
        let done = 0;
        const work = owners.map((owner) => {
          const user = users[owner] ?? users[0];
          if (user === undefined) throw new Error('no user');
          return user.share.run(async () => {
            user.running += 1;
            const beyond = users.reduce((sum, { running }) => sum + Math.max(0, running - own), 0);
            expect(beyond).toBeLessThanOrEqual(shared);
            await settle();
            user.running -= 1;
            done += 1;
          }, never);
        });
        await Promise.all(work);
        expect(done).toBe(owners.length);
      },
    ),
  );
});

it('gives a place at once only where one is free and no earlier work of the user waits', async () => {
  const share = createFairShare({ shared: 2, own: 0, perUser: 1 });
  const [first, other] = [share.join(), share.join()];
  const leave = first.tryEnter();
  expect(leave).not.toBeNull();
  expect(first.tryEnter()).toBeNull();
  const leaveOther = other.tryEnter();
  expect(share.join().tryEnter()).toBeNull();
  const begun: string[] = [];
  const waiting = begin(first, 'waiting', begun);
  leave?.();
  leaveOther?.();
  await settle();
  expect(begun).toEqual(['waiting']);
  expect(first.tryEnter()).toBeNull();
  waiting.end();
  await waiting.done;
  expect(first.tryEnter()).not.toBeNull();
});
