import { writeFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import type { OptionValue } from '@dbsync/core/contract';
import type { ReceivedRequest } from './webhook-receiver.ts';
import { createWebhookTrust } from './webhook-trust.ts';

/** The identity by which a receiver knows its senders, in files of the webhook sink that can be renewed. */
export interface SenderIdentity {
  /** The files, as options of the sink. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Returns what the receiver now demands of connections. */
  demand(): TlsOptions;
  isKnown(request: ReceivedRequest): boolean;
  /** Makes the receiver know only a new identity from now on, and writes it to the files. */
  renew(): void;
  remove(): void;
}

/** Creates a bearer token in a file of headers. */
export function createTokenIdentity(): SenderIdentity {
  const trust = createWebhookTrust();
  let nr = 1;
  const header = () => `Authorization: Bearer token-${nr}`;
  const file = trust.file('headers', header());
  /** Each request is judged by the token of its time: accepted ones stay accepted. */
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

/** Creates a client certificate; each renewal has another authority. */
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
