import { guardEndpoint } from '@dbsync/core';
import { createSink } from '@dbsync/sink-nats';
import { endpointCases, wrapEndpoints } from '@dbsync/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type NatsServer, startNats } from '../../../test/harness/servers/nats-server.ts';
import { natsSubject } from '../../../test/harness/servers/nats-subject.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterAll(() => server.stop());

const subject = natsSubject(createSink, () => server);

/** The needs that this sink does not meet. It reads no file: user and password are in the URL. */
const NOT_OFFERED: readonly unknown[] = ['renewal', 'final-refusal', 'outage'];
const cases = endpointCases.filter(({ needs }) => !NOT_OFFERED.includes(needs));

describe('the NATS sink keeps the promises of an endpoint', () => {
  for (const { name, run } of cases) it(name, () => run(subject));
});

describe('so it does behind its guard', () => {
  const guarded = wrapEndpoints(subject, guardEndpoint);
  for (const { name, run } of cases.filter(({ needs }) => needs !== 'process')) it(name, () => run(guarded));
});
