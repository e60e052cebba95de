import { answerToBatch, answerToCall } from './answers.ts';
import { type Message, packetType } from './packets.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { readBatch, readBulkRows, readCall, readTransactionStep } from './read-request.ts';
import { count, fails, nothing, type Part } from './replies.ts';
import type { TdsRequest } from './requests.ts';
import type { TransactionState } from './transaction-state.ts';
import { type TransactionStep, transactionStepsOf } from './transaction-steps.ts';

/** A request of a client that is logged in, and the server's work for it. */
export interface Task {
  readonly request: TdsRequest;
  /** The parts that always come first; after an error among them nothing follows. */
  readonly ahead: readonly Part[];
  /** The server's own answer. */
  readonly own: readonly Part[];
  /** The steps that are taken unless the answer is an error. */
  readonly steps: readonly TransactionStep[];
  encode(parts: readonly Part[]): Buffer;
}

/** The server's memory from one request to the next. */
export interface SessionMemory {
  readonly connection: number;
  readonly transaction: TransactionState;
  readonly prepared: PreparedStatements;
  /** The `insert bulk` that rows may follow. */
  bulkStatement: string;
}

/** Returns the facts that every request has beside its own. */
export function circumstancesOf({ connection, transaction }: SessionMemory, reset: boolean) {
  return { connection, reset, inTransaction: transaction.descriptor !== 0n };
}

export function readTask(message: Message, memory: SessionMemory): Task {
  switch (message.type) {
    case packetType.batch:
      return readBatchTask(message, memory);
    case packetType.call:
      return readCallTask(message, memory);
    case packetType.bulk:
      return readBulkTask(message, memory);
    case packetType.transaction:
      return readTransactionTask(message, memory);
    default:
      throw new Error(`A message of the type 0x${message.type.toString(16)} is not spoken here`);
  }
}

function readBatchTask(message: Message, memory: SessionMemory): Task {
  const { transaction, body: text } = readBatch(message.payload);
  if (/^\s*insert\s+bulk\b/i.test(text)) memory.bulkStatement = text;
  memory.transaction.note(text);
  return {
    request: { kind: 'batch', ...circumstancesOf(memory, message.reset), text },
    ahead: misplaced(transaction, message, memory),
    own: [nothing],
    steps: transactionStepsOf(text),
    encode: answerToBatch,
  };
}

function readCallTask(message: Message, memory: SessionMemory): Task {
  const { transaction, body: call } = readCall(message.payload);
  const { text, parameters, ahead } = memory.prepared.resolve(call);
  return {
    request: { kind: 'call', ...circumstancesOf(memory, message.reset), text, procedure: call.procedure, parameters },
    ahead: [...misplaced(transaction, message, memory), ...ahead],
    own: [],
    steps: [],
    encode: (parts) => answerToCall(parts, call.parameters),
  };
}

function readBulkTask(message: Message, memory: SessionMemory): Task {
  const { columns, rows } = readBulkRows(message.payload);
  return {
    request: { kind: 'bulk', ...circumstancesOf(memory, message.reset), text: memory.bulkStatement, columns, rows },
    ahead: [],
    own: [count(rows.length)],
    steps: [],
    encode: answerToBatch,
  };
}

function readTransactionTask(message: Message, memory: SessionMemory): Task {
  const { transaction, body: text } = readTransactionStep(message.payload);
  return {
    request: { kind: 'transaction', ...circumstancesOf(memory, message.reset), text },
    ahead: misplaced(transaction, message, memory),
    own: [nothing],
    steps: transactionStepsOf(text),
    encode: answerToBatch,
  };
}

/**
 * Returns an error when the headers name another transaction than the open one; a reset has just ended the client's.
 */
function misplaced(claimed: bigint, { reset }: Message, { transaction }: SessionMemory): readonly Part[] {
  return reset || claimed === transaction.descriptor ? [] : [fails(3971)];
}
