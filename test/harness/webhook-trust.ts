import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { createAuthority } from './certificates.ts';

/** An authority, with its certificates as a server takes them and as files for a client. */
export interface WebhookTrust {
  /** The file of the authority. */
  readonly ca: string;
  /** Of a server at these names. */
  server(...names: readonly string[]): Pick<TlsOptions, 'cert' | 'key'>;
  /** What a server needs to ask for certificates of this authority. */
  readonly demand: TlsOptions;
  /** The files of a client's certificate. */
  client(): { readonly cert: string; readonly key: string };
  file(name: string, text: string): string;
  remove(): void;
}

/** The certificate of the authority, in PEM. */
export function readTrust({ ca }: WebhookTrust): string {
  return readFileSync(ca, 'utf8');
}

export function createWebhookTrust(): WebhookTrust {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-'));
  const authority = createAuthority();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    file,
    ca: file('ca.pem', authority.certificate),
    server(...names) {
      const { certificate: cert, key } = authority.issue(names);
      return { cert, key };
    },
    demand: { requestCert: true, rejectUnauthorized: true, ca: authority.certificate },
    client() {
      const own = authority.issue(['dbsync']);
      return { cert: file('client.pem', own.certificate), key: file('client.key', own.key) };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
