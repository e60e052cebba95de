import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Claim, LeaseHolder, StoreSink } from '@dbsync/core/contract';
import { askFor, type CaseBench, granted, STREAM, THIS_PROCESS } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContact, sampleDeadLetter, sampleProgress } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** A stream has one writer, and only the newest can commit. */
export const leaseCases: readonly StoreCase[] = [
  storeCase('R10 nothing commits under an epoch that is not the newest', async (bench) => {
    const old = await bench.writer();
    await old.write({ progress: sampleProgress(1) });
    const next = await bench.takeOver(old);
    const stale = old.write({
      contacts: [sampleContact('A1')],
      deadLetters: [sampleDeadLetter('late')],
      progress: sampleProgress(9),
    });
    await expectSinkError(stale, { verdict: 'fenced', outcome: 'not-committed' });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), [], 'the contacts');
    assert.deepEqual((await next.sink.readState(STREAM, bench.options)).progress, sampleProgress(1), 'the progress');
    assert.deepEqual(await next.sink.listDeadLetters(STREAM, { ...bench.options, limit: 9 }), [], 'dead letters');
    await next.write({ contacts: [sampleContact('A1')] });
  }),

  storeCase('no epoch and no holder is used twice', async (bench) => {
    const claims: Claim[] = [];
    for (let nr = 0; nr < 3; nr += 1) {
      const { sink, claim } = await bench.writer();
      await sink.release(claim, bench.options);
      claims.push(claim);
    }
    const [a, b, c] = claims.map(({ epoch }) => epoch);
    assert.ok(a !== undefined && b !== undefined && c !== undefined && a < b && b < c, `epochs ${a}, ${b}, ${c} rise`);
    assert.equal(new Set(claims.map(({ holder }) => holder)).size, 3, 'different holders');
  }),

  storeCase('a claim of a held stream is refused, and names the holder', async (bench) => {
    const { claim } = await bench.writer({ plan: 'filter=hi columns=native' });
    const heldBy = await holderOf(await bench.open(), bench);
    const { beats, expiresInMs, ...holder } = heldBy;
    assert.deepEqual(holder, { holder: claim.holder, plan: claim.plan, process: THIS_PROCESS }, 'the holder');
    assert.equal(typeof beats, 'string', 'the type of beats');
    assert.ok(expiresInMs > 0 && expiresInMs <= claim.leaseMs, `the lease runs for ${expiresInMs} ms`);
  }),

  storeCase('an expired lease is free, and its holder is fenced', async (bench) => {
    const old = await bench.writer({ leaseMs: 50 });
    const standby = await bench.open();
    let answer = await askFor(standby, {}, bench.options);
    for (let asked = 1; !answer.granted; asked += 1) {
      assert.ok(asked < 300, 'the lease of 50 ms is still held after 300 looks');
      await delay(Math.min(10, Math.max(1, answer.heldBy.expiresInMs)), undefined, bench.options);
      answer = await askFor(standby, {}, bench.options);
    }
    assert.ok(answer.claim.epoch > old.claim.epoch, 'the epoch is higher');
    await expectSinkError(old.write({ progress: sampleProgress(9) }), { verdict: 'fenced' });
  }),

  storeCase('R13 a stream is taken over at once from a holder known to be dead, and from no other', async (bench) => {
    const dead = await bench.writer();
    const next = await bench.open();
    const wrong = await askFor(next, { takeOverFrom: '00000000-0000-4000-8000-000000000000' }, bench.options);
    assert.equal(wrong.granted, false, 'whether the stream was given for the name of another holder');
    const claim = granted(await askFor(next, { takeOverFrom: dead.claim.holder }, bench.options));
    assert.ok(claim.epoch > dead.claim.epoch && claim.holder !== dead.claim.holder, 'a higher epoch, another holder');
    const late = await askFor(next, { takeOverFrom: dead.claim.holder }, bench.options);
    assert.equal(
      late.granted,
      false,
      'whether the stream was given for a holder from which the stream was taken over already',
    );
  }),

  storeCase('a renewal raises the beats, and so does a write', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const standby = await bench.open();
    const first = await holderOf(standby, bench);
    await sink.renew(claim, bench.options);
    const renewed = await holderOf(standby, bench);
    await write({ progress: sampleProgress(1) });
    const written = await holderOf(standby, bench);
    assert.equal(new Set([first.beats, renewed.beats, written.beats]).size, 3, 'three beats');
  }),

  storeCase('a renewal prolongs the lease', async (bench) => {
    const { sink, claim } = await bench.writer();
    const standby = await bench.open();
    await delay(20);
    const { expiresInMs: before } = await holderOf(standby, bench);
    let after = before;
    // On a slow machine the time between renewal and look may use up the renewed time: then the case looks again.
    for (let looks = 0; looks < 50 && after <= before; looks += 1) {
      await sink.renew(claim, bench.options);
      after = (await holderOf(standby, bench)).expiresInMs;
    }
    assert.ok(after > before, `the lease ran for ${before} ms, and for ${after} ms after it was renewed`);
  }),

  storeCase('a renewal under an old claim is fenced', async (bench) => {
    const old = await bench.writer();
    await bench.takeOver(old);
    await expectSinkError(old.sink.renew(old.claim, bench.options), { verdict: 'fenced', outcome: 'not-committed' });
  }),

  storeCase('a released stream is free at once and keeps its progress', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    await write({ progress: sampleProgress(3) });
    await sink.release(claim, bench.options);
    const next = await bench.writer();
    assert.deepEqual((await next.sink.readState(STREAM, bench.options)).progress, sampleProgress(3), 'the progress');
    await expectSinkError(write({ progress: sampleProgress(4) }), { verdict: 'fenced' });
  }),

  storeCase('the release of an old claim does not affect the new one', async (bench) => {
    const old = await bench.writer();
    const next = await bench.takeOver(old);
    await old.sink.release(old.claim, bench.options);
    await next.write({ progress: sampleProgress(1) });
    assert.equal((await holderOf(await bench.open(), bench)).holder, next.claim.holder, 'the holder');
  }),

  storeCase('R15 streams of one target do not affect each other', async (bench) => {
    const one = await bench.writer({ stream: 'ONE' });
    const two = await bench.writer({ stream: 'TWO' });
    await one.write({ progress: sampleProgress(1), deadLetters: [sampleDeadLetter('k1')] });
    await two.write({ progress: sampleProgress(2), settled: ['k1'] });
    await one.sink.postRequest('ONE', { key: 'r1', kind: 'drop', deadLetterKey: 'k1' }, bench.options);
    assert.deepEqual(
      (await one.sink.readState('ONE', bench.options)).progress,
      sampleProgress(1),
      'the progress of ONE',
    );
    assert.deepEqual(
      (await one.sink.readState('TWO', bench.options)).progress,
      sampleProgress(2),
      'the progress of TWO',
    );
    const lettersOf = (stream: string) => one.sink.listDeadLetters(stream, { ...bench.options, limit: 9 });
    assert.deepEqual(await lettersOf('ONE'), [sampleDeadLetter('k1')], 'the dead letters of ONE');
    assert.deepEqual(await lettersOf('TWO'), [], 'the dead letters of TWO');
    assert.deepEqual(await two.sink.takeRequests(two.claim, bench.options), [], 'the requests to TWO');
    assert.equal((await one.sink.takeRequests(one.claim, bench.options)).length, 1, 'the requests to ONE');
  }),
];

async function holderOf(sink: StoreSink, { options }: CaseBench): Promise<LeaseHolder> {
  const answer = await askFor(sink, {}, options);
  return answer.granted ? assert.fail('the stream was held, and the claim was granted') : answer.heldBy;
}
