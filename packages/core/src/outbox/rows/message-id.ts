import { randomBytes } from 'node:crypto';

const PREFIX = 'msg_';
const ID_BYTES = 16;

/** Returns a new id that no other message ever has, in the form that the file holds. */
export function newMessageId(): Uint8Array {
  return randomBytes(ID_BYTES);
}

/** Returns the id in the form that the target gets. */
export function messageIdText(id: Uint8Array): string {
  return PREFIX + Buffer.from(id).toString('hex');
}

/** Returns null if the text is no message id of dbsync. */
export function parseMessageId(text: string): Uint8Array | null {
  return /^msg_[\da-f]{32}$/.test(text) ? Buffer.from(text.slice(PREFIX.length), 'hex') : null;
}
