import { answerToBatch } from './answers.ts';
import { type Login, type Protection, readLogin } from './login.ts';
import { type Message, packetType } from './packets.ts';
import { createPreparedStatements } from './prepared-statements.ts';
import { fails, isError, type Part } from './replies.ts';
import type { TdsRequest } from './requests.ts';
import { FATAL_CLASS } from './server-errors.ts';
import { type Admission, DEFAULT_PACKET_BYTES, refusalOf, type Settled, settledBy, welcome } from './sign-in.ts';
import { circumstancesOf, readTask, type SessionMemory, type Task } from './task.ts';
import { change, done, doneStatus, doneToken } from './tokens.ts';
import { createTransactionState } from './transaction-state.ts';

/** One connection as a server sees it: its memory, and its answers. */
export interface Session {
  /**
   * The size of the packets to the client. A size agreed at the login counts from the next response on (MS-TDS
   * 2.2.7.9).
   */
  readonly packetBytes: number;
  /** Reads the request of a message; returns it with its response. */
  read(message: Message, protection: Protection): Work;
  /** Does the same for an attention. */
  readCancel(): Work;
}

export interface Work {
  readonly request: TdsRequest;
  /** Returns the response: the script's, or with null the server's own. */
  respond(scripted: readonly Part[] | null): Response;
}

export interface Response {
  readonly bytes: Buffer;
  /** True where the server closes the connection after it. */
  readonly last: boolean;
}

const NO_TOKENS = Buffer.alloc(0);

export function createSession(connection: number, admission: Admission): Session {
  const transaction = createTransactionState();
  const memory: SessionMemory = { connection, transaction, prepared: createPreparedStatements(), bulkStatement: '' };
  let packetBytes = DEFAULT_PACKET_BYTES;
  let settled: Settled | null = null;

  const signIn = (login: Login): Work => ({
    request: { kind: 'login', ...circumstancesOf(memory, false), text: login.user, login },
    respond: (scripted) => {
      const parts = scripted ?? refusalOf(login, admission);
      if (parts.some(isError)) return { bytes: answerToBatch(parts), last: true };
      settled = settledBy(login);
      return { bytes: welcome(settled, login.features), last: false };
    },
  });

  const reset = (): Buffer => {
    transaction.reset();
    memory.prepared.clear();
    return change.reset();
  };

  return {
    get packetBytes() {
      return packetBytes;
    },
    read: (message, protection) => {
      if (message.type === packetType.login) return signIn(readLogin(message.payload, protection));
      if (settled === null) throw new Error('A request comes before the login');
      packetBytes = settled.packetBytes;
      if (message.ignored) return withdrawn({ kind: 'withdrawn', ...circumstancesOf(memory, false), text: '' });
      const resetTokens = message.reset ? reset() : NO_TOKENS;
      const task = readTask(message, memory);
      return { request: task.request, respond: (scripted) => answerTo(task, scripted, memory, resetTokens) };
    },
    readCancel: () => ({
      request: { kind: 'cancel', ...circumstancesOf(memory, false), text: '' },
      respond: () => ({ bytes: doneToken(done.statement, doneStatus.attention), last: false }),
    }),
  };
}

/** Returns an error without a message for a request that was taken back (MS-TDS 2.2.1.7). */
function withdrawn(request: TdsRequest): Work {
  return { request, respond: () => ({ bytes: doneToken(done.statement, doneStatus.error), last: false }) };
}

/** Writes the earlier messages, the state of the transaction, then the answer itself. */
function answerTo(
  { ahead, own, steps, encode }: Task,
  scripted: readonly Part[] | null,
  { transaction }: SessionMemory,
  resetTokens: Buffer,
): Response {
  const obstacle = ahead.find(isError);
  const wanted = obstacle ? [obstacle] : [...ahead, ...(scripted ?? own)];
  const taken = transaction.take(wanted.some(isError) ? [] : steps);
  const parts = taken.error === null ? wanted : [fails(taken.error.number)];
  const errors = parts.filter(isError);
  const isEnded = errors.some(({ error, endsTransaction }) => endsTransaction ?? transaction.endsWith(error.number));
  const ended = isEnded ? transaction.abandon() : NO_TOKENS;
  return {
    bytes: Buffer.concat([resetTokens, taken.tokens, ended, encode(parts)]),
    last: errors.some(({ error }) => error.class >= FATAL_CLASS),
  };
}
