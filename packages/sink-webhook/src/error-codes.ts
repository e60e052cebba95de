import type { ErrorCodes } from '@dbsync/core/contract';

/** The error codes of the webhook sink. */
export const errorCodes = {
  WEBHOOK_URL_INVALID: {
    what: 'The address of the web service cannot be used: it names no host, or one that no address can have.',
    normal: null,
    remedy: 'Write it as https://host/path; credentials for basic authentication go before the host.',
    exit: 2,
  },
  WEBHOOK_OPTION_INVALID: {
    what: 'An option of the webhook cannot be used: it contradicts another, or names a file that cannot be read.',
    normal: null,
    remedy: 'Correct the option that the message names.',
    exit: 2,
  },
  WEBHOOK_ADDRESS_REFUSED: {
    what: 'The address is one at which clouds give out the credentials of the machine: link-local, or known for that. With --deny-private, it may also be one of this machine or of a private network.',
    normal: null,
    remedy: 'Name another host. If the receiver is really there, give --allow-link-local, or leave --deny-private out.',
    exit: 2,
  },
  WEBHOOK_NOT_ENCRYPTED: {
    what: 'The address of the receiver begins with http and leads to another machine: the network can read and change deliveries.',
    normal: 'In a network that only you can reach.',
    remedy: 'Give an address that begins with https.',
    exit: null,
  },
  WEBHOOK_NOT_SIGNED: {
    what: 'Deliveries have no signature, so the receiver cannot tell them from forged ones.',
    normal: 'Where the receiver knows dbsync in another way, such as by a client certificate.',
    remedy:
      'Make a secret: echo "whsec_$(openssl rand -base64 32)" > FILE && chmod 600 FILE; then give --webhook-secret-file FILE.',
    exit: null,
  },
  WEBHOOK_SECRETS_INVALID: {
    what: 'The file of secrets cannot be read, or a line of it is no secret.',
    normal: null,
    remedy: 'Write one secret a line, whsec_ and 24 to 64 bytes in base64; the message shows a command that makes one.',
    exit: 2,
  },
  WEBHOOK_SECRETS_EXPOSED: {
    what: 'Other users of this machine may read the file of secrets, or that of headers.',
    normal: null,
    remedy: 'Take their permission away with the command of the message; in a container, on the host.',
    exit: null,
  },
  WEBHOOK_SECRETS_CHANGED: {
    what: 'The file of secrets has changed, and deliveries are signed with its new secrets.',
    normal: 'Whenever the secrets are rotated.',
    remedy: 'Nothing, unless the secrets should not have changed.',
    exit: null,
  },
  WEBHOOK_SECRETS_KEPT: {
    what: 'The file of secrets has changed and cannot be used any more: deliveries are signed with the former secrets.',
    normal: 'For a moment, while the file is being written.',
    remedy: 'Correct the file as the message says, before dbsync is started again.',
    exit: null,
  },
  WEBHOOK_FILE_CHANGED: {
    what: 'A file of certificates or headers has changed, and dbsync uses its new contents.',
    normal: 'Whenever a certificate or a token is renewed.',
    remedy: 'Nothing, unless the file should not have changed.',
    exit: null,
  },
  WEBHOOK_FILE_KEPT: {
    what: 'A file of certificates or headers has changed and cannot be used: dbsync uses its former contents, and reads it again every few seconds.',
    normal: 'For a moment, while the file is being written, or between a new certificate and its new key.',
    remedy: 'If no WEBHOOK_FILE_CHANGED follows, correct the file as the message says, before dbsync is started again.',
    exit: null,
  },
  WEBHOOK_CLOCK_OFF: {
    what: 'The clock of this machine and that of the receiver, as its answers tell, are more than 5 minutes apart.',
    normal: null,
    remedy:
      'See which clock is wrong, and set it right: timedatectl on this machine. Until then a receiver that verifies signatures refuses deliveries.',
    exit: null,
  },
  WEBHOOK_ABORTED: {
    what: 'dbsync ended its own delivery, because it stops: it is unknown whether the receiver took it.',
    normal: 'When dbsync is stopped. The delivery is repeated under the same webhook-id.',
    remedy: 'Nothing.',
    exit: 1,
  },
} as const satisfies ErrorCodes;
