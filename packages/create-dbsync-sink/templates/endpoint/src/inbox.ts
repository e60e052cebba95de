import { setImmediate as nextTurn } from 'node:timers/promises';

/** An inbox in the memory of this process, in place of your target: a client of your target goes here. */
export interface Inbox {
  /** The messages that have arrived, in order. */
  readonly taken: readonly TakenMessage[];
  /** Takes a message, or returns the reason why not. */
  take(id: string, body: string, signal: AbortSignal): Promise<'taken' | 'refused' | 'down'>;
  /** Makes the inbox answer that it is down. */
  setDown(isDown: boolean): void;
}

/** A message as it arrived. */
export interface TakenMessage {
  readonly id: string;
  /** The body as JSON. */
  readonly body: string;
}

/** A message with this text in it is refused. */
export const REFUSED_TEXT = 'refuse this message';

const inboxes = new Map<string, Inbox>();

/** Opens the inbox of that name. Every sink of this process with the same name shares it. */
export function openInbox(name: string): Inbox {
  const inbox = inboxes.get(name) ?? createInbox();
  inboxes.set(name, inbox);
  return inbox;
}

function createInbox(): Inbox {
  const taken: TakenMessage[] = [];
  let isDown = false;
  return {
    taken,
    take: async (id, body, signal) => {
      await nextTurn(undefined, { signal });
      if (isDown) return 'down';
      if (body.includes(REFUSED_TEXT)) return 'refused';
      taken.push({ id, body });
      return 'taken';
    },
    setDown: (down) => {
      isDown = down;
    },
  };
}
