import { canonicalJson, type Json, type Message } from '@dbsync/core/contract';

/** The body that the webhook sink sends too. Numbers keep the upstream's spelling. */
export function bodyOf({ contact, transaction, state }: Message): Buffer {
  return Buffer.from(jsonText({ contact, transaction, state }));
}

/** A value nested deeper than the stack has room for is written by another way, which sorts keys. */
function jsonText(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return canonicalJson(value);
    throw error;
  }
}
