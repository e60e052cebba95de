import type { ErrorCodes } from '@dbsync/core/contract';

/** The error codes of the NATS sink. */
export const errorCodes = {
  NATS_URL_INVALID: {
    what: 'The address names no server, or no stream that JetStream could have.',
    normal: null,
    remedy: 'Write it as nats://host:4222/STREAM; user and password, or a token, go before the host.',
    exit: 2,
  },
  NATS_OPTION_INVALID: {
    what: 'An option of the NATS sink cannot be used: it contradicts another, or names a file that cannot be read.',
    normal: null,
    remedy: 'Correct the option that the message names.',
    exit: 2,
  },
  NATS_ABORTED: {
    what: 'dbsync ended its own delivery, because it stops: whether the stream took it is not known.',
    normal: 'When dbsync is stopped. The delivery is repeated under the same Nats-Msg-Id.',
    remedy: 'Nothing.',
    exit: 1,
  },
} as const satisfies ErrorCodes;
