import { jsonText, type Message } from '@dbsync/core/contract';

/** The body that the webhook sink sends too. Numbers keep the upstream's spelling. */
export function bodyOf({ contact, transaction, state }: Message): Buffer {
  return Buffer.from(jsonText({ contact, transaction, state }));
}
