import assert from 'node:assert/strict';
import type { Message, Verdict } from '@dbsync/core/contract';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { expectReceived } from '../received-messages.js';
import { sampleMessage, sampleMessages } from '../samples/sample-messages.js';

/**
 * A target answers without taking a message: the sink decides whether that is about the message or about all messages
 * (R31).
 */
export const targetAnswerCases: readonly EndpointCase[] = [
  endpointCase(
    'a message that is refused for good is reported so each time, with the answer, and affects no other message',
    async (bench) => {
      const sink = await bench.open();
      const refused = (contactId: string): Message => bench.target.finallyRefusedMessage?.(contactId) ?? assert.fail();
      const [good, alsoGood] = [sampleMessage('A1'), sampleMessage('C3')];
      const [, first] = await sink.deliver([good, refused('B2')], bench.options);
      const [last, again] = await sink.deliver([alsoGood, refused('B2')], bench.options);
      for (const verdict of [first, again]) expectRefusal(verdict);
      assert.deepEqual(last, { verdict: 'accepted' }, 'the verdict after a refusal');
      await expectReceived(bench.target, [good, alsoGood]);
    },
    'final-refusal',
  ),

  endpointCase(
    'an answer that the target is down is a fault of the target, not of the messages, which arrive after it',
    async (bench) => {
      const sink = await bench.open();
      const setDown = (isDown: boolean) => bench.target.setDown?.(isDown) ?? assert.fail();
      const messages = sampleMessages(3);
      await setDown(true);
      for (let call = 0; call < 2; call += 1) {
        for (const verdict of await sink.deliver(messages, bench.options)) {
          assert.ok(verdict.verdict === 'retry', `the verdict of a target that is down: ${verdict.verdict}`);
          assert.equal(verdict.fault, 'target', 'the fault in the verdict of a target that is down');
        }
      }
      await setDown(false);
      const verdicts = await bench.deliverInTheEnd(sink, messages);
      assert.deepEqual(verdicts, Array(3).fill({ verdict: 'accepted' }), 'the verdicts in the end');
      await expectReceived(bench.target, messages);
    },
    'outage',
  ),
];

function expectRefusal(verdict: Verdict | undefined): void {
  assert.ok(verdict?.verdict === 'refused' || verdict?.verdict === 'gone', `a refusal for good: ${verdict?.verdict}`);
  assert.notEqual(verdict.reason.trim(), '', 'a reason');
  assert.notEqual((verdict.answer ?? '').trim(), '', 'what the target answered');
}
