import { randomBytes } from 'node:crypto';

const PREFIX = 'msg_';
const ID_BYTES = 16;

/** An id that no other message ever has, as the file holds it. */
export function newMessageId(): Uint8Array {
  return randomBytes(ID_BYTES);
}

/** As the target sees it. */
export function messageIdText(id: Uint8Array): string {
  return PREFIX + Buffer.from(id).toString('hex');
}

/** Null for what is none of ours. */
export function parseMessageId(text: string): Uint8Array | null {
  return /^msg_[\da-f]{32}$/.test(text) ? Buffer.from(text.slice(PREFIX.length), 'hex') : null;
}
