import type { KeyObject } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import {
  type DeliverOptions,
  type EndpointSink,
  type Message,
  SinkError,
  type SinkTarget,
  type Verdict,
} from '@dbsync/core/contract';
import { guardedLookup } from './address-guard.js';
import { createClockWatch } from './clock-watch.js';
import { withDeadline } from './deadline.js';
import type { Dialling } from './dialling.js';
import type { Delivery, Exchange } from './exchange.js';
import { createHttp1Exchange } from './http1-exchange.js';
import { createNegotiatedExchange } from './negotiated-exchange.js';
import { describeFault } from './network-fault.js';
import { type OpenedFiles, openFiles } from './opened-files.js';
import { createRenewedExchange, type RenewedExchange } from './renewed-exchange.js';
import { createMask } from './secret-mask.js';
import { shownRequest } from './shown-request.js';
import { unsafeWays } from './unsafe-ways.js';
import { bodyOf } from './webhook-body.js';
import { checkHealth } from './webhook-health.js';
import { hostOf, type WebhookSettings } from './webhook-settings.js';
import { signatureOf } from './webhook-signature.js';
import { verdictOf } from './webhook-verdict.js';

/** The things that `open` made. */
interface Opened {
  readonly exchange: RenewedExchange;
  readonly files: OpenedFiles;
}

/** POSTs each message to the URL of the settings. */
export function createWebhookEndpoint(settings: WebhookSettings, notify: SinkTarget['notify']): EndpointSink {
  const lookAtClock = createClockWatch(notify);
  const maskWith = createMaskOf(settings.secrets);
  let opened: Opened | null = null;
  const inUse = () => {
    if (opened === null) throw new Error('The sink is not open.');
    return opened;
  };
  const { url, acceptIfContains } = settings;
  const attempt = async (message: Message, { signal, onRequest, onAnswer }: DeliverOptions): Promise<Verdict> => {
    const { exchange, files } = inUse();
    const { context, headers, secrets } = await files.current();
    const delivery = deliveryOf(
      message,
      bodyOf(message, settings.loneSurrogates),
      { ...settings.headers, ...headers },
      secrets,
    );
    const mask = maskWith(headers);
    onRequest?.(shownRequest(delivery, { url, headers: { ...settings.headers, ...headers } }, mask));
    try {
      const answer = await withDeadline(settings.timeoutMs, signal, (own) => exchange.send(context, delivery, own));
      lookAtClock(answer.date);
      if (isRefusal(answer.status)) files.doubt();
      const beginning = keptOf(answer.beginning, mask);
      onAnswer?.({ messageId: message.id, status: answer.status, text: beginning });
      const hasText = acceptIfContains === null || answer.beginning.includes(acceptIfContains);
      return verdictOf({ ...answer, beginning }, url, settings.refused, hasText);
    } catch (error) {
      files.doubt();
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
    checkHealth: async ({ signal }) => {
      const { context, secrets } = await inUse().files.current();
      return checkHealth(settings, diallingOf(settings, context), secrets.length, signal);
    },
    close: async () => {
      opened?.exchange.close();
      opened = null;
    },
    deliver: (messages, options) => Promise.all(messages.map((message) => attempt(message, options))),
  };
}

/** Returns the mask for the present headers; those of a file change seldom. */
function createMaskOf(secrets: readonly string[]) {
  let known: Delivery['headers'] = {};
  let mask = createMask(secrets);
  return (headers: Delivery['headers']) => {
    if (headers !== known) mask = createMask([...secrets, ...Object.values(headers)]);
    known = headers;
    return mask;
  };
}

/** The length of an answer that is kept. */
const KEPT_LENGTH = 2048;

/** Masks and cuts. Twice the length is masked, so a secret across the cut is masked before the cut. */
function keptOf(text: string, mask: (text: string) => string): string {
  return mask(text.slice(0, 2 * KEPT_LENGTH)).slice(0, KEPT_LENGTH);
}

/** True for a status that refuses the sender: a token or a certificate may have been renewed. */
function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

async function open(settings: WebhookSettings, notify: SinkTarget['notify']): Promise<Opened> {
  for (const notice of unsafeWays(settings)) notify(notice);
  const files = await openFiles(settings, notify);
  return { files, exchange: createRenewedExchange((context) => exchangeOf(settings, context)) };
}

function exchangeOf(settings: WebhookSettings, context: SecureContext | null): Exchange {
  const { url, http2, keepAlive, timeoutMs } = settings;
  const dialling = diallingOf(settings, context);
  const http1 = createHttp1Exchange(url, dialling, keepAlive);
  if (context === null || !http2 || !keepAlive) return http1;
  return createNegotiatedExchange(url, dialling, { http1, timeoutMs });
}

function diallingOf({ url, addresses, proxy }: WebhookSettings, secureContext: SecureContext | null): Dialling {
  return {
    host: hostOf(url),
    port: Number(url.port || (secureContext === null ? 80 : 443)),
    lookup: addresses.allowLinkLocal && !addresses.denyPrivate ? undefined : guardedLookup(addresses),
    secureContext,
    proxy,
  };
}

/**
 * Makes the request. It has the headers of Standard Webhooks without a secret too: a receiver recognises a repetition
 * by the id.
 */
function deliveryOf(message: Message, body: Buffer, own: Delivery['headers'], secrets: readonly KeyObject[]): Delivery {
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'user-agent': 'dbsync',
    ...own,
    'content-type': 'application/json',
    'content-length': String(body.length),
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    ...(message.isReplay === true && { 'webhook-replay': 'true' }),
    ...(secrets.length > 0 && { 'webhook-signature': signatureOf(secrets, { id: message.id, timestamp, body }) }),
  };
  return { headers, body };
}

function aborted(cause: unknown): SinkError {
  return new SinkError('WEBHOOK_ABORTED', 'The delivery was aborted; it is unknown whether the receiver took it.', {
    verdict: 'retryable',
    outcome: 'unknown',
    cause,
  });
}
