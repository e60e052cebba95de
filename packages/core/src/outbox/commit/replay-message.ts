import type { Claim } from '../../contract/index.js';
import type { ReplayAnswer } from '../faces/delivery-queue.js';
import { storeId } from '../file/stored-text.js';
import { queuedAgain } from '../rows/delivery-ledger.js';
import { SUPERSEDED } from '../rows/kept-dead-letters.js';
import { bodyOfDeadLetter } from '../rows/message-body.js';
import { parseMessageId } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';

/**
 * Queues a dead message again under its id and with its former content, after the other messages of its contact (R26).
 * Its state was fixed at its first attempt, so no newer version ever replaces it.
 */
export function replayMessage(rows: OutboxRows, claim: Claim, key: string, nowMs: number): ReplayAnswer {
  const { streams, deadLetters, messages, ledger } = rows;
  const stream = streams.held(claim);
  const { letter, message } = deadLetters.find(stream.nr, key) ?? {};
  if (!letter || !message || letter.contactId === null) return 'absent';
  if (letter.code === SUPERSEDED) return 'superseded';
  const body = bodyOfDeadLetter(letter.body);
  const id = body && parseMessageId(body.id);
  if (!id) return 'absent';

  streams.fence(claim);
  if (messages.findById(id) !== undefined) {
    deadLetters.remove(stream.nr, key);
    return 'queued';
  }
  const { transactionId, hash } = message;
  const contact = storeId(letter.contactId);
  const { state } = body;
  const queued = { stream_nr: stream.nr, id, contact, transaction_id: transactionId, hash, queued_ms: nowMs, state };
  const { nr, isHead } = messages.add(queued, body);
  ledger.put(stream.nr, transactionId, queuedAgain(ledger.find(stream.nr, transactionId), hash, nr));
  deadLetters.remove(stream.nr, key);
  streams.count(stream, { messages: 1, contactQueues: isHead ? 1 : 0 });
  return 'queued';
}
