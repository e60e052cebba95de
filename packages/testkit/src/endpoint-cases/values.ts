import assert from 'node:assert/strict';
import { digits, type Fields, type Message } from '@dbsync/core/contract';
import type { EndpointBench } from '../endpoint-bench.js';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { expectReceived } from '../received-messages.js';
import { HOSTILE_TEXTS, HOSTILE_TYPED_VALUES } from '../samples/hostile-values.js';
import { sampleMessage } from '../samples/sample-messages.js';

/** A megabyte, in bytes of JSON. */
const MEGABYTE = 1_000_000;

/** No value is cut, rounded or lost on its way, and none is a reason to refuse a message. */
export const valueCases: readonly EndpointCase[] = [
  endpointCase('any text arrives code unit by code unit', async (bench) => {
    const messages = HOSTILE_TEXTS.map((text, nr) =>
      messageOf(`T${nr}`, { $comment: text, 'a note': text, user: text }),
    );
    await expectToArrive(bench, messages);
  }),

  endpointCase('any number arrives with its digits', async (bench) => {
    const numbers = HOSTILE_TYPED_VALUES.filter((value) => typeof value === 'number' || typeof value === 'object');
    const messages = numbers.map((value, nr) => messageOf(`N${nr}`, { 'a number': value, sequence_nr: value }));
    await expectToArrive(bench, messages);
  }),

  endpointCase('any JSON, under any key, arrives', async (bench) => {
    const fields = JSON.parse(
      '{"__proto__":{"polluted":"yes"},"constructor":"c","toString":null,"hasOwnProperty":[1,{"a":null}],"":"no name",' +
        '"un heard\\u0000of":{"b":[true,{"z":"1","a":{}}]},"empty":{},"none":[],"$new":false,"\\ud83d":"half a name"}',
    ) as Fields;
    let nested: Fields = { digits: digits('12345678901234567890.10') };
    for (let level = 0; level < 100; level += 1) nested = { [`level ${level}`]: [nested] };
    await expectToArrive(bench, [messageOf('J1', fields), messageOf('J2', { nested })]);
  }),

  endpointCase('a message of three megabytes arrives completely', async (bench) => {
    const long = `${'0123456789abcdef '.repeat(62_500)}äöü€`;
    const message = messageOf('L1', { $comment: long });
    assert.ok(Buffer.byteLength(JSON.stringify(message)) > 3 * MEGABYTE, 'it has three megabytes');
    await expectToArrive(bench, [message]);
  }),
];

/** Makes a message with the same fields on the contact, on the transaction, and further down. */
function messageOf(contactId: string, fields: Fields): Message {
  const message = sampleMessage(contactId);
  return {
    ...message,
    contact: { ...message.contact, ...fields },
    transaction: { ...message.transaction, ...fields, data: fields },
  };
}

async function expectToArrive(bench: EndpointBench, messages: readonly Message[]): Promise<void> {
  const sink = await bench.open();
  const verdicts = await sink.deliver(messages, bench.options);
  assert.deepEqual(verdicts, Array(messages.length).fill({ verdict: 'accepted' }), 'the verdicts');
  await expectReceived(bench.target, messages);
}
