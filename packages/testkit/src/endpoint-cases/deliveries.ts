import assert from 'node:assert/strict';
import { canonicalJson, type Message } from '@dbsync/core/contract';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { expectReceived } from '../received-messages.js';
import { sampleMessage, sampleMessages } from '../samples/sample-messages.js';

/** Every message gets its verdict, and an accepted one has arrived. */
export const deliveryCases: readonly EndpointCase[] = [
  endpointCase('each message is accepted and arrives completely, with its id', async (bench) => {
    const sink = await bench.open();
    const updated = sampleMessage('U1', { state: 'updated' });
    const messages = [...sampleMessages(4), updated];
    const verdicts = await sink.deliver(messages, bench.options);
    assert.deepEqual(verdicts, Array(5).fill({ verdict: 'accepted' }), 'the verdicts');
    await expectReceived(bench.target, messages);
  }),

  endpointCase(
    'each message gets one verdict, in order, and a message that is not accepted does not affect the others',
    async (bench) => {
      const sink = await bench.open();
      const refused = (contactId: string) => bench.target.refusedMessage?.(contactId) ?? assert.fail();
      const [good, alsoGood] = [sampleMessage('A1'), sampleMessage('C3')];
      const verdicts = await sink.deliver([refused('B2'), good, refused('D4'), alsoGood], bench.options);
      const names = verdicts.map(({ verdict }) => (verdict === 'accepted' ? verdict : 'not accepted'));
      assert.deepEqual(names, ['not accepted', 'accepted', 'not accepted', 'accepted'], 'the verdicts');
      for (const verdict of verdicts) {
        if (verdict.verdict === 'accepted') continue;
        assert.ok(verdict.verdict === 'retry' || verdict.verdict === 'refused', 'not taken: retry or refused');
        assert.notEqual(verdict.reason.trim(), '', 'a reason');
        assert.equal(typeof verdict.answer, 'string', 'an answer, which may be empty');
        if (verdict.verdict === 'retry') assert.equal(verdict.fault, 'message', 'the fault, of a target that works');
      }
      await expectReceived(bench.target, [good, alsoGood]);
    },
    'refusal',
  ),

  endpointCase('a message that is delivered again arrives under the same id', async (bench) => {
    const sink = await bench.open();
    const message = sampleMessage('A1');
    for (const attempt of [1, 2, 3]) {
      const verdicts = await sink.deliver([{ ...message, attempt }], bench.options);
      assert.deepEqual(verdicts, [{ verdict: 'accepted' }], `the verdict of attempt ${attempt}`);
    }
    await expectReceived(bench.target, [message]);
  }),

  endpointCase('each of several calls at the same time returns the verdicts of its own messages', async (bench) => {
    const sink = await bench.open();
    const sizes = Array.from({ length: 20 }, (_, nr) => 1 + (nr % 3));
    const calls = sizes.map((size, nr) => sampleMessages(size, `call-${nr}-`));
    const verdicts = await Promise.all(calls.map((messages) => sink.deliver(messages, bench.options)));
    assert.deepEqual(
      verdicts,
      sizes.map((size) => Array(size).fill({ verdict: 'accepted' })),
      'the verdicts of each call',
    );
    await expectReceived(bench.target, calls.flat());
  }),

  endpointCase('messages are not changed', async (bench) => {
    const sink = await bench.open();
    const messages = sampleMessages(3);
    const before = messages.map(textOf);
    await sink.deliver(messages, bench.options);
    assert.deepEqual(messages.map(textOf), before, 'the messages');
  }),
];

function textOf({ contact, transaction, ...message }: Message): string {
  return JSON.stringify([message, canonicalJson(contact), canonicalJson(transaction)]);
}
