import { guardEndpoint } from '@dbsync/core';
import { endpointCases, wrapEndpoints } from '@dbsync/testkit';
import { afterAll, describe, it } from 'vitest';
import { createCertificateIdentity } from '../../../test/harness/webhook/sender-identity.ts';
import { webhookSubject } from '../../../test/harness/webhook/webhook-subject.ts';
import { createWebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from '../src/index.ts';

const trust = createWebhookTrust();
const tls = trust.server('127.0.0.1');
afterAll(trust.remove);

describe.each([
  ['HTTP/1.1', webhookSubject(createSink)],
  ['HTTP/1.1, encrypted', webhookSubject(createSink, { protocol: 'https', tls }, { ca: trust.ca })],
  ['HTTP/2', webhookSubject(createSink, { protocol: 'h2', tls }, { ca: trust.ca })],
  [
    'HTTP/2 with a client certificate',
    webhookSubject(createSink, { protocol: 'h2', tls }, { ca: trust.ca }, createCertificateIdentity),
  ],
])('the webhook sink keeps the promises of an endpoint over %s', (_, subject) => {
  for (const { name, run } of endpointCases) it(name, () => run(subject));
});

describe('so it does behind its guard', () => {
  const guarded = wrapEndpoints(webhookSubject(createSink), guardEndpoint);
  for (const { name, run } of endpointCases.filter(({ needs }) => needs !== 'process')) it(name, () => run(guarded));
});
