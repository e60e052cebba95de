import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import { fatal } from './error-codes.js';
import type { Login, NatsSettings, TlsSettings } from './nats-settings.js';

/** A connection whose other end says nothing for so long is broken. */
const PING_INTERVAL_MS = 10_000;

/**
 * For the client, with all files read. It connects once: repeating is core's, which knows how long to wait.
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
    ...(await tlsOptions(tls)),
  } satisfies NodeConnectionOptions;
}

async function loginOptions({ user, password, token, credentials }: Login): Promise<NodeConnectionOptions> {
  if (credentials !== null) return { authenticator: credsAuthenticator(await readOption('creds', credentials)) };
  if (token !== null) return { token };
  return user === null ? {} : { user, pass: password ?? '' };
}

async function tlsOptions({ isWanted, authorities, certificate, key }: TlsSettings): Promise<NodeConnectionOptions> {
  if (!isWanted && authorities === null && certificate === null) return {};
  const pem = async (option: string, file: string | null) =>
    file === null ? {} : { [option]: String(await readOption(option, file)) };
  const tls = { ...(await pem('ca', authorities)), ...(await pem('cert', certificate)), ...(await pem('key', key)) };
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw fatal('NATS_OPTION_INVALID', 'ca, cert or key is no PEM file that TLS can use.', cause);
  }
  return { tls };
}

async function readOption(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw fatal('NATS_OPTION_INVALID', `The file of the option ${option} cannot be read: ${file}`, cause);
  }
}
