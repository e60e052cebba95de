import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { createAuthority } from '../certificates.ts';

/** An authority, with its certificates as a server takes them and as files for a client. */
export interface WebhookTrust {
  /** The file of the authority. */
  readonly ca: string;
  /** The certificate of the authority, in PEM. */
  readonly authority: string;
  /** Returns the certificate of a server with these names. */
  server(...names: readonly string[]): Pick<TlsOptions, 'cert' | 'key'>;
  /** The options by which a server demands certificates of this authority. */
  readonly demand: TlsOptions;
  /** Returns a client's certificate, in PEM. */
  clientPem(): { readonly cert: string; readonly key: string };
  /** Returns the files of a client's certificate. */
  client(): { readonly cert: string; readonly key: string };
  file(name: string, text: string): string;
  remove(): void;
}

export function createWebhookTrust(): WebhookTrust {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-'));
  const authority = createAuthority();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const clientPem = () => {
    const { certificate: cert, key } = authority.issue(['dbsync']);
    return { cert, key };
  };
  return {
    file,
    authority: authority.certificate,
    clientPem,
    ca: file('ca.pem', authority.certificate),
    server(...names) {
      const { certificate: cert, key } = authority.issue(names);
      return { cert, key };
    },
    demand: { requestCert: true, rejectUnauthorized: true, ca: authority.certificate },
    client() {
      const { cert, key } = clientPem();
      return { cert: file('client.pem', cert), key: file('client.key', key) };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
