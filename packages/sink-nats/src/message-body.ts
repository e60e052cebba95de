import { jsonText, type Message } from '@dbsync/core/contract';

/** Writes the same body as the webhook sink. Numbers keep the upstream's spelling. */
export function bodyOf({ contact, transaction, state }: Message): Buffer {
  return Buffer.from(jsonText({ contact, transaction, state }));
}
