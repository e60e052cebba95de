import type { Message } from '@dbsync/core/contract';
import type { ReceivedMessage } from '../endpoint-subject.js';
import { receivedMessage } from '../received-messages.js';

/** The target of an endpoint in memory. */
export interface MemoryInbox {
  /** The received messages in order; one that came twice is here twice. */
  readonly received: ReceivedMessage[];
  /** The present identity that senders must have, as they read it from their own files. */
  readonly identity: number;
  /** Changes the identity. */
  renewIdentity(): void;
  /** Takes a delivery or not. It comes as text, as from another process. */
  take(delivery: Delivery): DeliveryEnd;
  /** Sets whether the inbox answers everything with an outage. */
  setDown(isDown: boolean): void;
}

/** The end of a delivery at an inbox. */
export type DeliveryEnd = 'taken' | 'not taken' | 'refused' | 'down';

/** A message in the form in which it is sent. */
export interface Delivery {
  readonly id: string;
  /** The body as JSON. */
  readonly body: string;
}

/** A text in the id of a contact whose messages are not taken. */
export const NOT_TAKEN_MARK = '-not-taken';

/** A text in the id of a contact whose messages are refused for good. */
export const REFUSED_MARK = '-refused';

/** Creates an empty inbox. */
export function createMemoryInbox(): MemoryInbox {
  const received: ReceivedMessage[] = [];
  let identity = 1;
  let isDown = false;
  return {
    received,
    get identity() {
      return identity;
    },
    renewIdentity() {
      identity += 1;
    },
    setDown(down) {
      isDown = down;
    },
    take({ id, body }) {
      if (isDown) return 'down';
      if (body.includes(REFUSED_MARK)) return 'refused';
      if (body.includes(NOT_TAKEN_MARK)) return 'not taken';
      received.push(receivedMessage(id, body));
      return 'taken';
    },
  };
}

export function deliveryOf({ id, contact, transaction, state }: Message): Delivery {
  return { id, body: JSON.stringify({ contact, transaction, state }) };
}
