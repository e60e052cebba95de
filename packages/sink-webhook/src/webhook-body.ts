import { jsonText, type Message } from '@dbsync/core/contract';

/** The one shape of a delivery: `schema/delivery.schema.json` describes it. Numbers keep the upstream's spelling. */
export function bodyOf({ contact, transaction, state }: Message): Buffer {
  return Buffer.from(jsonText({ contact, transaction, state }));
}
