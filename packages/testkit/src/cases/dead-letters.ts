import assert from 'node:assert/strict';
import type { StoreSink } from '@dbsync/core/contract';
import { type CaseBench, STREAM } from '../case-bench.js';
import { sampleContact, sampleDeadLetter } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** A record that could not be written is kept with its reason until it is settled. */
export const deadLetterCases: readonly StoreCase[] = [
  storeCase(
    'R22 the same failure has one dead letter: the newest, with the time of the first and the number of attempts',
    async (bench) => {
      const { sink, write } = await bench.writer();
      await write({
        deadLetters: [sampleDeadLetter('k1', { reason: 'first', firstSeenAt: '2026-03-02T10:00:00.000Z' })],
      });
      const newest = sampleDeadLetter('k1', {
        reason: 'second',
        code: 'SAMPLE_AGAIN',
        md5: 'm2',
        body: '{"name":"Zo\u00eb \\ud83d","n":1.10}',
        firstSeenAt: '2026-03-03T11:00:00.000Z',
        attempts: 2,
      });
      await write({ deadLetters: [newest] });
      const kept = { ...newest, firstSeenAt: '2026-03-02T10:00:00.000Z', attempts: 3 };
      assert.deepEqual(await lettersOf(sink, bench), [kept], 'the dead letters');
    },
  ),

  storeCase('dead letters are listed in the order of their keys, page by page', async (bench) => {
    const { sink, write } = await bench.writer();
    const keys = ['0a', '1f', '20', '9c', 'a0', 'b7', 'ff'];
    await write({ deadLetters: keys.toReversed().map((key) => sampleDeadLetter(key)) });
    const page = async (limit: number, after?: string) => {
      const options = { ...bench.options, limit, ...(after !== undefined && { after }) };
      return (await sink.listDeadLetters(STREAM, options)).map(({ key }) => key);
    };
    assert.deepEqual(await page(3), keys.slice(0, 3), 'the first page');
    assert.deepEqual(await page(3, '20'), keys.slice(3, 6), 'the page behind 20');
    assert.deepEqual(await page(3, '21'), keys.slice(3, 6), 'the page behind a key that is none');
    assert.deepEqual(await page(3, 'ff'), [], 'the page behind the last');
  }),

  storeCase('a dead letter that is listed without its long body loses nothing else', async (bench) => {
    const { sink, write } = await bench.writer();
    const long = sampleDeadLetter('1f', {
      contactId: 'A1 \ud83d',
      reason: 'lone \udc00',
      body: `{"n":1.10,"text":"\u00e9${'x'.repeat(100_000)}"}`,
    });
    const letters = [sampleDeadLetter('0a', { body: '{"n":1.10}' }), long, sampleDeadLetter('20', { body: '' })];
    await write({ deadLetters: letters });
    for (const maxBodyBytes of [0, 1_000, 1_000_000]) {
      const listed = await sink.listDeadLetters(STREAM, { ...bench.options, limit: 10, maxBodyBytes });
      // A sink of an earlier release returns all bodies whole.
      const isCut = listed.some(({ body }, index) => body !== letters[index]?.body);
      const bodies = letters.map(({ body }) => (isCut && body.length > maxBodyBytes ? '' : body));
      const expected = letters.map((letter, index) => ({ ...letter, body: bodies[index] }));
      assert.deepEqual(listed, expected, `the dead letters, with bodies of at most ${maxBodyBytes} bytes`);
    }
    assert.deepEqual(await lettersOf(sink, bench), letters, 'the dead letters, with their bodies');
  }),

  storeCase('R22 an accepted contact settles its dead letters in its commit', async (bench) => {
    const { sink, write } = await bench.writer();
    const letters = [
      sampleDeadLetter('k1', { kind: 'contact', contactId: 'A1' }),
      sampleDeadLetter('k2', { kind: 'fetch', contactId: 'A1' }),
      sampleDeadLetter('k3', { kind: 'recording', contactId: 'A1' }),
      sampleDeadLetter('k4', { kind: 'contact', contactId: 'B2' }),
      sampleDeadLetter('k5', { kind: 'inbound-call' }),
    ];
    await write({ deadLetters: letters });
    await write({ contacts: [sampleContact('A1')] });
    assert.deepEqual(await lettersOf(sink, bench), letters.slice(3), 'the dead letters left');
  }),

  storeCase(
    'an accepted contact keeps the dead letters that its batch carries again, and those of messages',
    async (bench) => {
      const { sink, write } = await bench.writer();
      const message = sampleDeadLetter('k1', { kind: 'message', contactId: 'A1' });
      const again = sampleDeadLetter('k2', { kind: 'transaction', contactId: 'A1' });
      const gone = sampleDeadLetter('k3', { kind: 'transaction', contactId: 'A1' });
      await write({ deadLetters: [message] });
      await write({ contacts: [sampleContact('A1', { deadLetters: [again, gone] })] });
      await write({ contacts: [sampleContact('A1', { deadLetters: [again] })] });
      assert.deepEqual(await lettersOf(sink, bench), [message, { ...again, attempts: 2 }], 'the dead letters left');
    },
  ),

  storeCase('a settled key ends its dead letter', async (bench) => {
    const { sink, write } = await bench.writer();
    await write({ deadLetters: [sampleDeadLetter('k1'), sampleDeadLetter('k2')] });
    await write({ settled: ['k1', 'never-was'] });
    assert.deepEqual(await lettersOf(sink, bench), [sampleDeadLetter('k2')], 'the dead letters left');
  }),
];

function lettersOf(sink: StoreSink, { options }: CaseBench) {
  return sink.listDeadLetters(STREAM, { ...options, limit: 100 });
}
