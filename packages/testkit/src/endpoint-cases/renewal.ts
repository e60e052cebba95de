import assert from 'node:assert/strict';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { expectReceived } from '../received-messages.js';
import { sampleMessage } from '../samples/sample-messages.js';

/** Files that change on disk under an open sink are used. */
export const renewalCases: readonly EndpointCase[] = [
  endpointCase(
    'a certificate or token that was renewed on disk is used without opening the sink again',
    async (bench) => {
      const sink = await bench.open();
      const renew = () => bench.target.renewIdentity?.() ?? assert.fail();
      const messages = ['A1', 'B2', 'C3'].map((id) => sampleMessage(id));
      for (const [nr, message] of messages.entries()) {
        if (nr > 0) await renew();
        const verdicts = await bench.deliverInTheEnd(sink, [message]);
        assert.deepEqual(verdicts, [{ verdict: 'accepted' }], `the verdict after ${nr} renewals`);
      }
      await expectReceived(bench.target, messages);
    },
    'renewal',
  ),
];
