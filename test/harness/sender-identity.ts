import { writeFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import type { OptionValue } from '@dbsync/core/contract';
import type { ReceivedRequest } from './webhook-receiver.ts';
import { createWebhookTrust } from './webhook-trust.ts';

/** What a receiver knows its senders by, in files of the webhook sink that can be renewed. */
export interface SenderIdentity {
  /** The files, as options of the sink. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** What the receiver asks of connections now. */
  demand(): TlsOptions;
  isKnown(request: ReceivedRequest): boolean;
  /** From now on the receiver knows a new one alone, and the files hold it. */
  renew(): void;
  remove(): void;
}

/** A bearer token in a file of headers. */
export function createTokenIdentity(): SenderIdentity {
  const trust = createWebhookTrust();
  let nr = 1;
  const header = () => `Authorization: Bearer token-${nr}`;
  const file = trust.file('headers', header());
  /** A request counts by the token of its time: those that were taken stay taken. */
  const judged = new Map<ReceivedRequest, boolean>();
  const isKnown = (request: ReceivedRequest) => {
    const known = judged.get(request) ?? request.headers.authorization === `Bearer token-${nr}`;
    judged.set(request, known);
    return known;
  };
  return {
    options: { 'header-file': file },
    demand: () => ({}),
    isKnown,
    renew() {
      nr += 1;
      writeFileSync(file, header());
    },
    remove: trust.remove,
  };
}

/** A client certificate; each renewal has another authority. */
export function createCertificateIdentity(): SenderIdentity {
  const folder = createWebhookTrust();
  let authority = createWebhookTrust();
  const [cert, key] = [folder.file('own.pem', ''), folder.file('own.key', '')];
  const write = () => {
    const pem = authority.clientPem();
    writeFileSync(cert, pem.cert);
    writeFileSync(key, pem.key);
  };
  write();
  return {
    options: { cert, key },
    demand: () => authority.demand,
    isKnown: () => true,
    renew() {
      authority.remove();
      authority = createWebhookTrust();
      write();
    },
    remove() {
      authority.remove();
      folder.remove();
    },
  };
}
