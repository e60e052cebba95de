import type { SinkAddress, SinkTarget } from '@dbsync/core/contract';
import { fatal } from './nats-error.js';

/** The destination of messages, and the login; no file has been read yet. */
export interface NatsSettings {
  readonly host: string;
  readonly port: number;
  readonly stream: string;
  /** The beginning of subjects; a contact's token follows. */
  readonly prefix: string;
  /** The time of connecting, and again of one publication. */
  readonly timeoutMs: number;
  readonly login: Login;
  readonly tls: TlsSettings;
}

/** At most one of the ways to log in; null: not given. */
export interface Login {
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
  /** The path of the file. */
  readonly credentials: string | null;
}

/** PEM files by path; null: not given. Certificate and key go together. */
export interface TlsSettings {
  readonly isWanted: boolean;
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

const DEFAULT_PORT = 4222;

/** Reads the settings. @throws a fatal SinkError for values that cannot be used */
export function readSettings({ address, options }: SinkTarget): NatsSettings {
  const text = (name: string) => (typeof options[name] === 'string' && options[name] !== '' ? options[name] : null);
  const stream = streamOf(address);
  const tls = { isWanted: options.tls === true, authorities: text('ca'), certificate: text('cert'), key: text('key') };
  if ((tls.certificate === null) !== (tls.key === null))
    throw fatal('NATS_OPTION_INVALID', 'cert and key belong together: give both or none.');
  return {
    host: address.host,
    port: address.port ?? DEFAULT_PORT,
    stream,
    prefix: prefixOf(text('subject') ?? `dbsync.${stream}`),
    timeoutMs: timeoutOf(options.timeout),
    login: loginOf(address, text('token'), text('creds')),
    tls,
  };
}

/** Matches a valid name of a stream. */
const STREAM = /^[^\s.*>/\\\p{Cc}]{1,255}$/u;
/** Matches tokens with dots between them; `$` begins the server's own subjects. */
const SUBJECT = /^(?!\$)[^\s.*>\p{Cc}]+(?:\.[^\s.*>\p{Cc}]+)*$/u;
const LONGEST_PREFIX = 500;

function streamOf({ host, path }: SinkAddress): string {
  if (host !== '' && STREAM.test(path)) return path;
  throw fatal('NATS_URL_INVALID', 'The URL of the target (--url) must be nats://host:4222/STREAM.');
}

function prefixOf(subject: string): string {
  if (SUBJECT.test(subject) && subject.length <= LONGEST_PREFIX) return subject;
  throw fatal('NATS_OPTION_INVALID', 'subject must be tokens with dots between them, without wildcards.');
}

/** A longer time than an hour is a mistake. */
const MOST_SECONDS = 3_600;

function timeoutOf(seconds: unknown): number {
  if (typeof seconds === 'number' && seconds > 0 && seconds <= MOST_SECONDS) return Math.ceil(seconds * 1000);
  throw fatal('NATS_OPTION_INVALID', `timeout must be a number of seconds above 0 and up to ${MOST_SECONDS}.`);
}

/** Reads the login. A user without a password is a token, as NATS reads such an address. */
function loginOf({ user, password }: SinkAddress, token: string | null, credentials: string | null): Login {
  const ways = [user ?? password, token, credentials].filter((way) => way !== null);
  if (ways.length > 1)
    throw fatal('NATS_OPTION_INVALID', 'Give one way to log in: in the address, as token, or as creds.');
  if (user !== null && password === null) return { user: null, password: null, token: user, credentials };
  return { user, password, token, credentials };
}
