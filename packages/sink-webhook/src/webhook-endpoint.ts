import type { KeyObject } from 'node:crypto';
import { type EndpointSink, type Message, SinkError, type SinkTarget, type Verdict } from '@dbsync/core/contract';
import { guardedLookup } from './address-guard.js';
import { withDeadline } from './deadline.js';
import type { Dialling } from './dial.js';
import type { Delivery, Exchange } from './exchange.js';
import { createHttp1Exchange } from './http1-exchange.js';
import { createNegotiatedExchange } from './negotiated-exchange.js';
import { describeFault } from './network-fault.js';
import { openSecretFile, type SecretFile } from './secret-file.js';
import { createMask } from './secret-mask.js';
import { readTlsFiles } from './tls-files.js';
import { bodyOf } from './webhook-body.js';
import { checkHealth } from './webhook-health.js';
import { hostOf, type WebhookSettings } from './webhook-settings.js';
import { signatureOf } from './webhook-signature.js';
import { verdictOf } from './webhook-verdict.js';

/** What `open` made. */
interface Opened {
  readonly dialling: Dialling;
  readonly exchange: Exchange;
  readonly secrets: SecretFile | null;
}

/** POSTs each message to the URL of the settings. */
export function createWebhookEndpoint(settings: WebhookSettings, notify: SinkTarget['notify']): EndpointSink {
  const mask = createMask(settings.secrets);
  let opened: Opened | null = null;
  const inUse = () => {
    if (opened === null) throw new Error('The sink is not open.');
    return opened;
  };
  const attempt = async (message: Message, signal: AbortSignal): Promise<Verdict> => {
    const { exchange, secrets } = inUse();
    const delivery = deliveryOf(message, settings.headers, (await secrets?.current()) ?? []);
    try {
      const answer = await withDeadline(settings.timeoutMs, signal, (own) => exchange.send(delivery, own));
      return verdictOf({ ...answer, beginning: mask(answer.beginning).slice(0, KEPT_LENGTH) }, settings.url);
    } catch (error) {
      if (signal.aborted) throw aborted(signal.reason);
      const reason = `No answer: ${describeFault(error, settings.timeoutMs, settings.proxy)}`;
      return { verdict: 'retry', reason, answer: '', fault: 'target' };
    }
  };
  return {
    kind: 'endpoint',
    open: async () => {
      opened = await open(settings, notify);
    },
    checkHealth: ({ signal }) => checkHealth(settings, inUse().dialling, inUse().secrets, signal),
    close: async () => {
      opened?.exchange.close();
      opened = null;
    },
    deliver: (messages, { signal }) => Promise.all(messages.map((message) => attempt(message, signal))),
  };
}

/** Of an answer that did not accept. */
const KEPT_LENGTH = 2048;

async function open(settings: WebhookSettings, notify: SinkTarget['notify']): Promise<Opened> {
  const { url, secretFile, tls, allowLinkLocal, http2, keepAlive, timeoutMs, proxy } = settings;
  const isEncrypted = url.protocol === 'https:';
  const dialling = {
    host: hostOf(url),
    port: Number(url.port || (isEncrypted ? 443 : 80)),
    lookup: allowLinkLocal ? undefined : guardedLookup,
    secureContext: isEncrypted ? await readTlsFiles(tls) : null,
    proxy,
  };
  const secrets = secretFile === null ? null : await openSecretFile(secretFile, notify);
  const http1 = createHttp1Exchange(url, dialling, keepAlive);
  const exchange =
    isEncrypted && http2 && keepAlive ? createNegotiatedExchange(url, dialling, { http1, timeoutMs }) : http1;
  return { dialling, exchange, secrets };
}

/** The headers of Standard Webhooks stand there without a secret too: a receiver knows a repetition by the id. */
function deliveryOf(message: Message, own: Delivery['headers'], secrets: readonly KeyObject[]): Delivery {
  const body = bodyOf(message);
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'user-agent': 'dbsync',
    ...own,
    'content-type': 'application/json',
    'content-length': String(body.length),
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    ...(secrets.length > 0 && { 'webhook-signature': signatureOf(secrets, { id: message.id, timestamp, body }) }),
  };
  return { headers, body };
}

function aborted(cause: unknown): SinkError {
  return new SinkError('WEBHOOK_ABORTED', 'The delivery was called off; whether it was taken is not known.', {
    verdict: 'retryable',
    outcome: 'unknown',
    cause,
  });
}
