import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { guardEndpoint } from '@dbsync/core';
import type { Message } from '@dbsync/core/contract';
import {
  type EndpointSubject,
  endpointCases,
  type Need,
  receivedMessage,
  sampleMessage,
  wrapEndpoints,
} from '@dbsync/testkit';
import { openInbox, REFUSED_TEXT } from '../src/inbox.ts';
import { createSink } from '../src/index.ts';

const subject: EndpointSubject = {
  createTarget: async () => {
    const path = randomUUID();
    const inbox = openInbox(path);
    const address = { scheme: 'example', user: null, password: null, host: '', port: null, path };
    return {
      createSink: () => {
        const sink = createSink({ address, options: {}, notify: () => {} });
        if (sink.kind !== 'endpoint') throw new TypeError('The sink is an endpoint.');
        return sink;
      },
      // Read your target by another client here, never through the sink.
      received: async () => inbox.taken.map(({ id, body }) => receivedMessage(id, body)),
      remove: async () => {},
      refusedMessage,
      finallyRefusedMessage: refusedMessage,
      setDown: async (isDown) => inbox.setDown(isDown),
    };
  },
};

function refusedMessage(contactId: string): Message {
  return sampleMessage(contactId, { contact: { $id: contactId, $comment: REFUSED_TEXT } });
}

/** An inbox in memory has no server, no second process and no certificate. Offer what your target has, and take it out of this list. */
const LACKING: readonly Need[] = ['process', 'network', 'renewal'];

const guarded = wrapEndpoints(subject, guardEndpoint);

for (const { name, needs, run } of endpointCases) {
  if (needs !== undefined && LACKING.includes(needs)) continue;
  test(name, () => run(subject));
  test(`${name}, guarded`, () => run(guarded));
}
