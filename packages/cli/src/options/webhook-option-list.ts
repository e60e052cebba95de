import type { CommandOption } from './command-option.js';

/** Options of webhook mode, and of the commands for its deliveries. */
export const webhookOptions = {
  'webhook-rate': {
    old: 'wr',
    type: 'whole-number',
    group: 'Webhook',
    default: '5',
    help: 'Highest number of requests per second, on average; other requests wait, and none is dropped; 0 for the default',
  },
  'webhook-burst': {
    old: 'wb',
    type: 'whole-number',
    group: 'Webhook',
    default: 'twice the rate',
    help: 'Highest number of requests within one second; 0 for the default',
  },
  'webhook-concurrency': {
    type: 'whole-number',
    group: 'Webhook',
    min: 1,
    max: 1_000,
    default: '16',
    help: 'Number of contacts whose deliveries run side by side; those of one contact are sent one after the other',
  },
  'webhook-backoff': {
    type: 'text',
    group: 'Webhook',
    separator: ',',
    default: '5s,5m,30m,2h,5h,10h,14h,20h,24h',
    help: 'Pauses between the 10 attempts of a delivery, as a list, or as a range that grows: 0.2s..2s',
  },
  'webhook-refused': {
    type: 'text',
    group: 'Webhook',
    separator: ',',
    default: '410',
    help: 'HTTP statuses that refuse a delivery for good, such as 404,409,410,422: the delivery becomes a dead letter at once, and is not tried again',
  },
  'webhook-secret-file': {
    type: 'text',
    path: 'file',
    group: 'Webhook',
    help: 'File with the whsec_... secrets that sign deliveries, one on each line; while you change the secret, the old and the new one both sign',
  },
  'webhook-header': {
    type: 'text',
    group: 'Webhook',
    repeatable: true,
    sensitive: true,
    help: 'A header of every delivery, as "NAME: VALUE"; may be given several times',
  },
  'webhook-header-file': {
    type: 'text',
    path: 'file',
    group: 'Webhook',
    help: 'File with more headers, as NAME: VALUE lines; a changed file is read again, for a token that is renewed',
  },
  'webhook-lone-surrogates': {
    type: 'text',
    group: 'Webhook',
    values: ['escape', 'replace'],
    default: 'escape',
    help: 'How half a surrogate pair in a text is sent: as its JSON escape, or replaced by U+FFFD for parsers that refuse the escape',
  },
  'webhook-accept-if-contains': {
    type: 'text',
    group: 'Webhook',
    help: 'Text that an answer with status 2xx must contain too, so that the delivery counts as accepted',
  },
  'webhook-keep-accepted': {
    type: 'text',
    group: 'Webhook',
    default: '3d',
    help: 'Time for which accepted messages are kept whole, so that deliveries replay can send them again; 0: they are not kept',
  },
  'webhook-keep-attempts': {
    type: 'text',
    group: 'Webhook',
    default: '30d',
    help: 'Time for which attempts are kept for deliveries show; 0: none is kept',
  },
  'allow-link-local': {
    type: 'flag',
    group: 'Webhook',
    help: 'Deliver to link-local addresses too, where clouds keep the credentials of the machine',
  },
  'deny-private': {
    type: 'flag',
    group: 'Webhook',
    help: 'Refuse addresses of this machine and of private networks, also those that a name resolves to: for URLs that others write',
  },
  'webhook-keep-alive': {
    type: 'flag',
    group: 'Webhook',
    default: 'true',
    help: 'Keep connections open for the next delivery; false: each delivery has its own connection, over HTTP/1.1',
  },
  stream: {
    type: 'text',
    group: 'Webhook',
    help: 'Name of one of several outboxes of a campaign, such as one for each receiver',
  },
  'adopt-url': {
    type: 'flag',
    group: 'Webhook',
    help: 'The receiver has a new address: send waiting messages to the --url that is given now',
  },
  'new-state': {
    type: 'flag',
    group: 'Webhook',
    help: 'Begin a new outbox from now on, even if an earlier outbox seems to be lost',
  },

  failed: { type: 'flag', group: 'Deliveries', help: 'Only deliveries that have failed' },
  contact: {
    type: 'text',
    group: 'Deliveries',
    help: 'retry, drop, show: all messages of this contact; verify: this contact alone',
  },
  transaction: { type: 'text', group: 'Deliveries', help: 'show: all messages of this transaction' },
  until: {
    type: 'text',
    group: 'Deliveries',
    default: 'now',
    help: 'replay: messages accepted before this time, in UTC, and after --since. report: the last day',
  },
  'diag-file': {
    type: 'text',
    path: 'file',
    group: 'Doctor',
    default: 'dbsync-diag-TIME.tar.gz',
    help: 'diag: the archive that is made; it must not exist',
  },
  'no-sample': {
    type: 'flag',
    group: 'Doctor',
    help: 'doctor: send no sample delivery to the receiver of webhooks',
  },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
