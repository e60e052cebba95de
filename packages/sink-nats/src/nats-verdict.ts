import type { Verdict } from '@dbsync/core/contract';
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import type { NatsSettings } from './nats-settings.js';

/** JetStream's error code for a message that is longer than the stream's limit. */
const MESSAGE_EXCEEDS_MAXIMUM = 10_054;
/** JetStream's error code for a subject of another stream. */
const STREAM_NOT_MATCHED = 10_060;
/** The length of a refusing answer that is kept. */
const KEPT_LENGTH = 2048;

/**
 * Returns the verdict of a missing acknowledgement. Except for its size, a message gives a stream no reason to refuse
 * it: every other error is about the server, the stream or the connection, so no message loses an attempt by it.
 */
export function verdictOf(error: unknown, settings: NatsSettings): Verdict {
  const apiError = causesOf(error).find((cause) => cause instanceof JetStreamApiError);
  const answer = apiError === undefined ? '' : apiError.message.slice(0, KEPT_LENGTH);
  if (apiError?.code === MESSAGE_EXCEEDS_MAXIMUM)
    return { verdict: 'refused', reason: `The message is larger than the stream ${settings.stream} takes`, answer };
  return { verdict: 'retry', reason: describeFault(error, settings), answer, fault: 'target' };
}

/** Returns the verdict of a body that the server would answer by closing the connection. */
export function tooLarge(bytes: number, most: number): Verdict {
  return {
    verdict: 'refused',
    reason: `The message has ${bytes} bytes, and the server takes ${most} (max_payload)`,
    answer: '',
  };
}

/** Describes a fault for administrators, by kinds and codes, since messages of drivers may repeat addresses. */
export function describeFault(error: unknown, settings: NatsSettings): string {
  const causes = causesOf(error);
  const is = (kind: new (...args: never[]) => Error) => causes.some((cause) => cause instanceof kind);
  const apiError = causes.find((cause) => cause instanceof JetStreamApiError);
  if (apiError?.code === STREAM_NOT_MATCHED)
    return `The subject ${settings.prefix}.> belongs to another stream than ${settings.stream}`;
  if (apiError !== undefined) return `JetStream answered with the error ${apiError.code}`;
  if (is(errors.NoRespondersError)) return `No stream takes ${settings.prefix}.> yet: ${addStream(settings)}`;
  if (is(errors.PermissionViolationError)) return `The user may not publish to ${settings.prefix}.>`;
  if (is(errors.AuthorizationError) || is(errors.UserAuthenticationExpiredError))
    return 'The server does not take the login';
  if (is(errors.TimeoutError)) return `No acknowledgement: none came within ${settings.timeoutMs / 1000} s`;
  const code = causes.map((cause) => ('code' in cause ? cause.code : null)).find((known) => typeof known === 'string');
  const noTls = settings.tls.isWanted && code === undefined ? ', or it offers no TLS' : '';
  return `No acknowledgement: the connection failed${code === undefined ? '' : ` (${code})`}${noTls}`;
}

/** Returns the command that makes the stream, with a window of repetitions that outlasts short outages. */
export function addStream({ stream, prefix }: NatsSettings): string {
  return `nats stream add ${stream} --subjects '${prefix}.>' --storage file --dupe-window 1h --defaults`;
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && !causes.includes(at); at = at.cause) causes.push(at);
  return causes;
}
