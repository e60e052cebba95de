import type { Yield } from '../concurrency/yield.js';
import type { Claim, SinkNotice } from '../contract/index.js';
import { giveUpDamaged } from './commit/damaged-message.js';
import { obey } from './commit/obey.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import { replayMessage } from './commit/replay-message.js';
import { settleOutcome } from './commit/settle-outcome.js';
import type { Backlog, DeliveryQueue, Outcome, TakenMessage, TakeOptions } from './faces/delivery-queue.js';
import { readText } from './file/stored-text.js';
import { stateOf } from './rows/delivery-ledger.js';
import { contentOf, type MessageContent } from './rows/message-body.js';
import { messageIdText, parseMessageId } from './rows/message-id.js';
import type { OutboxRows } from './rows/outbox-rows.js';
import type { StreamRow } from './rows/stream-row.js';
import type { MessageRow } from './rows/waiting-messages.js';

/**
 * Creates the side of an outbox that deliveries use. Measured with 100,000 messages of 2 kB, a hundred a commit: 0.1 ms
 * of a core for each message from `take` to `settle`, and 7 MB of heap, with any number of waiting messages.
 *
 * @param now the machine's clock, in milliseconds
 * @param isRoomShort returns true while the disk is full; then only the necessary data is kept
 * @param notify called for each message that cannot be read
 */
export function createOutboxQueue(
  access: OutboxAccess,
  now: () => number,
  isRoomShort: () => boolean,
  notify: (notice: SinkNotice) => void,
): DeliveryQueue {
  const settle = async (rows: OutboxRows, yieldNow: Yield, claim: Claim, outcomes: readonly Outcome[]) => {
    const isShort = isRoomShort();
    if (outcomes.length === 0 && !isShort) return;
    rows.streams.held(claim);
    rows.attemptLog.tidy(now(), isShort);
    await settleAll(rows, yieldNow, claim, outcomes, now());
  };
  return {
    async take(claim, options) {
      const { ended = [], target } = options;
      const taken = await access.commit(async (rows, yieldNow) => {
        await settle(rows, yieldNow, claim, ended);
        const due = takeDue(rows, claim, options, now());
        if (target !== undefined) rows.control.noteTarget(target);
        return due;
      }, options);
      for (const message of taken.damaged) notify({ level: 'warn', code: 'OUTBOX_MESSAGE_DAMAGED', message });
      return taken.messages;
    },
    settle: (claim, outcomes, options) =>
      access.commit(async (rows, yieldNow) => {
        await settle(rows, yieldNow, claim, outcomes);
        if (options.target !== undefined) rows.control.noteTarget(options.target);
      }, options),
    obey: (claim, options) => obey(access, claim, now, options),
    replay: (claim, key, options) => access.commit((rows) => replayMessage(rows, claim, key, now()), options),
    backlog: (options) => access.read((rows) => readBacklog(rows, now()), options),
    clockSet: (claim, byMs, options) =>
      access.commit(({ streams, times }) => {
        times.move(streams.clockSet(claim, byMs).nr, { retryMs: byMs, failingSinceMs: byMs });
      }, options),
    hasAccepted: (options) => access.read(({ targets }) => targets.hasAccepted(), options),
  };
}

/**
 * A message with a larger body counts as large: while it is parsed and sent, it takes several times its size in memory.
 */
const LARGE_BYTES = 256 << 10;

interface TakenRow {
  readonly message: MessageRow;
  readonly state: 'new' | 'updated';
  readonly content: MessageContent;
}

interface Taken {
  readonly messages: TakenMessage[];
  /** The log texts of messages that were given up, since they cannot be read. */
  readonly damaged: string[];
}

/**
 * Takes due messages. From here on a message never changes (R24), and its state is fixed as `new` or `updated` by the
 * ledger (R27). If a message cannot be read, the next one of its contact is taken.
 */
function takeDue(rows: OutboxRows, claim: Claim, options: TakeOptions, nowMs: number): Taken {
  const { streams, due, messages, ledger } = rows;
  const { limit, retries = { atMost: limit, atLeast: 0 }, except = new Set<string>() } = options;
  const stream = streams.held(claim);
  const taken: Taken = { messages: [], damaged: [] };
  const givenUp = new Set<number>();
  const room = createLargeRoom(rows, options);
  const context = { stream, name: claim.stream, nowMs, counts: { messages: 0, contactQueues: 0, accepted: 0 } };
  // If the file did not remove a message that was given up, the query returns it again, and it is left out (R36).
  const admits = ({ nr }: MessageRow) => !givenUp.has(nr) && room.admits(nr);
  for (let isMore = true; isMore; ) {
    const again = taken.messages.filter(({ isRetry }) => isRetry).length;
    const share = { atMost: retries.atMost - again, atLeast: retries.atLeast - again };
    const query = { limit: limit - taken.messages.length, retries: share, nowMs: options.nowMs, except, admits };
    const heads = due.list(stream.nr, claim.epoch, query);
    if (heads.length > 0 && givenUp.size === 0) streams.fence(claim);
    isMore = false;
    for (const message of heads) {
      const content = isReadable(message) ? contentOf(messages.bodyOf(message.nr)) : null;
      if (content === null) {
        room.giveBack(message.nr);
        givenUp.add(message.nr);
        taken.damaged.push(giveUpDamaged(rows, message, context));
        isMore = true;
        continue;
      }
      const state =
        STATES.find((known) => known === message.state) ?? stateOf(ledger.find(stream.nr, message.transaction_id));
      messages.take(message.nr, state, claim.epoch);
      const largeBytes = room.bytesOf(message.nr);
      taken.messages.push({ ...messageOf({ message, state, content }), ...(largeBytes > 0 && { largeBytes }) });
    }
  }
  if (taken.damaged.length > 0) streams.count(stream, context.counts);
  return taken;
}

/** The room that one call has for large messages. */
interface LargeRoom {
  /** Returns whether there is room for the message. If so, a large message takes it. */
  admits(nr: number): boolean;
  /** Returns the bytes of an admitted large message; 0: it is not large. */
  bytesOf(nr: number): number;
  giveBack(nr: number): void;
}

/** A large message without room stays first in the queue, and is taken when there is room. */
function createLargeRoom(
  { messages }: OutboxRows,
  { maxLargeBytes = Number.POSITIVE_INFINITY }: TakeOptions,
): LargeRoom {
  const admitted = new Map<number, number>();
  let total = 0;
  const room: LargeRoom = {
    admits(nr) {
      const bytes = messages.bytesOf(nr);
      if (bytes <= LARGE_BYTES) return true;
      if (total >= maxLargeBytes) return false;
      admitted.set(nr, bytes);
      total += bytes;
      return true;
    },
    bytesOf: (nr) => admitted.get(nr) ?? 0,
    giveBack(nr) {
      total -= room.bytesOf(nr);
      admitted.delete(nr);
    },
  };
  return room;
}

const STATES = ['new', 'updated'] as const;

/** Returns whether the message has an id by which its outcome can be settled (R36). */
function isReadable({ id }: MessageRow): boolean {
  return parseMessageId(messageIdText(id)) !== null;
}

function messageOf({ message, state, content }: TakenRow): TakenMessage {
  return {
    id: messageIdText(message.id),
    contactId: readText(message.contact),
    attempt: message.attempts + 1,
    contact: content.contact,
    transaction: content.transaction,
    state,
    failingSinceMs: message.failing_since_ms,
    isRetry: message.retry_ms !== null,
    allAttempts: Math.max(message.all_attempts, message.attempts) + 1,
    ...(message.is_replay === 1 && { isReplay: true }),
  };
}

async function settleAll(
  rows: OutboxRows,
  yieldNow: Yield,
  claim: Claim,
  outcomes: readonly Outcome[],
  nowMs: number,
): Promise<void> {
  const stream = rows.streams.fence(claim);
  const counts = { messages: 0, contactQueues: 0, accepted: 0 };
  for (const outcome of outcomes) {
    settleOutcome(rows, outcome, { stream, name: claim.stream, nowMs, counts });
    await yieldNow();
  }
  rows.streams.count(stream, counts);
  rows.spareRoom.giveBack();
}

function readBacklog({ streams, due }: OutboxRows, nowMs: number): Backlog {
  const waiting = streams.list().filter(({ messages }) => messages > 0);
  const instants = (of: (stream: StreamRow) => number | null) => waiting.map(of).filter((instant) => instant !== null);
  return {
    messages: waiting.reduce((sum, { messages }) => sum + messages, 0),
    contacts: waiting.reduce((sum, { lines }) => sum + lines, 0),
    oldestMs: earliest(instants(({ nr }) => due.oldestMs(nr))),
    dueMs: earliest(instants(({ nr, epoch }) => due.nextMs(nr, epoch, nowMs))),
  };
}

function earliest(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.min(...instants);
}
