import type { Message } from '@dbsync/core/contract';
import type { ReceivedMessage } from '../endpoint-subject.js';
import { receivedMessage } from '../received-messages.js';

/** What an endpoint in memory delivers to. */
export interface MemoryInbox {
  /** In the order they came; one that came twice stands here twice. */
  readonly received: ReceivedMessage[];
  /** What its senders are known by now, as they find it in their own files. */
  readonly identity: number;
  /** Makes another one of it. */
  renewIdentity(): void;
  /** Takes it or not; as text, as anything would that is not in this process. */
  take(delivery: Delivery): DeliveryEnd;
  /** Whether it answers everything with that it is down. */
  setDown(isDown: boolean): void;
}

/** What an inbox makes of a delivery. */
export type DeliveryEnd = 'taken' | 'not taken' | 'refused' | 'down';

/** A message as it travels. */
export interface Delivery {
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

/** A contact whose id has this in it gets nothing. */
export const NOT_TAKEN_MARK = '-not-taken';

/** What is for a contact whose id has this in it is refused for good. */
export const REFUSED_MARK = '-refused';

/** An empty one. */
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
