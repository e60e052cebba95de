import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import { fatal } from './nats-error.js';
import type { Login, NatsSettings, TlsSettings } from './nats-settings.js';

/** The time after which a connection counts as broken, if its other end is silent. */
const PING_INTERVAL_MS = 10_000;

/**
 * Returns the options of the client, with all files read. It connects once: only core repeats, and knows how long to
 * wait.
 *
 * @throws a fatal SinkError that names a file which cannot be read or used
 */
export async function connectionOptions({ host, port, timeoutMs, login, tls }: NatsSettings) {
  return {
    servers: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    name: 'dbsync',
    timeout: timeoutMs,
    reconnect: false,
    pingInterval: PING_INTERVAL_MS,
    noAsyncTraces: true,
    ...(await loginOptions(login)),
    ...(await tlsOptions(tls, host)),
  } satisfies NodeConnectionOptions;
}

async function loginOptions({ user, password, token, credentials }: Login): Promise<NodeConnectionOptions> {
  if (credentials !== null) {
    const text = await readOption('creds', credentials);
    return { authenticator: credsAuthenticator(Buffer.from(text)) };
  }
  if (token !== null) return { token };
  return user === null ? {} : { user, pass: password ?? '' };
}

/**
 * TLS options with the host. The client names no host to TLS where it is an address, and TLS would then expect the
 * certificate of `localhost`.
 */
type TlsOptions = NonNullable<NodeConnectionOptions['tls']> & { readonly host: string };

async function tlsOptions(
  { isWanted, authorities, certificate, key }: TlsSettings,
  host: string,
): Promise<NodeConnectionOptions> {
  if (!isWanted && authorities === null && certificate === null) return {};
  const tls: TlsOptions = {
    host,
    ...(authorities !== null && { ca: await readOption('ca', authorities) }),
    ...(certificate !== null && { cert: await readOption('cert', certificate) }),
    ...(key !== null && { key: await readOption('key', key) }),
  };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw fatal('NATS_OPTION_INVALID', 'ca, cert or key is no PEM file that TLS can use.', cause);
  }
  return { tls };
}

async function readOption(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw fatal('NATS_OPTION_INVALID', `The file of the option ${option} cannot be read: ${file}`, cause);
  }
}
