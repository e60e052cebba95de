import { type Answer, beginningOf, READ_BYTES } from './answer.js';
import { type PartOfBody, readBody } from './answer-body.js';
import { type AnswerHead, endOfHead, readHead } from './answer-head.js';

/** Reads one answer from the bytes of a connection, as they come. */
export interface AnswerReader {
  /** Takes more bytes. @throws HttpFault for bytes that are no answer */
  push(bytes: Buffer): void;
  /** The head of the answer, once its status has come; informational answers are left out. */
  readonly head: AnswerHead | null;
  /** True where nothing more is worth reading. */
  readonly isComplete: boolean;
  /** True where the whole answer came and not a byte after it, over a connection that the receiver keeps. */
  readonly keepsConnection: boolean;
  /** The bytes after the answer, which no request asked for. */
  readonly leftOver: Buffer;
  /** Returns the answer. @param head the one above */
  answerOf(head: AnswerHead): Answer;
}

const SWITCHING_PROTOCOLS = 101;
const NOTHING: PartOfBody = { content: [], end: null, isBroken: false, isPlain: true };

export function createAnswerReader(): AnswerReader {
  /** Bytes that were not read yet: of the head, then of the body. */
  let pending: Buffer = Buffer.alloc(0);
  let searchedTo = 0;
  let head: AnswerHead | null = null;
  let part = NOTHING;

  /** Looks for the head. An answer `101` was not asked for, so it ends here as an answer of that status. */
  const findHead = () => {
    while (head === null) {
      pending = withoutBlankLines(pending);
      const end = endOfHead(pending, Math.max(0, searchedTo - 3));
      searchedTo = end === null ? pending.length : 0;
      if (end === null) return;
      const found = readHead(pending.subarray(0, end));
      pending = pending.subarray(end);
      if (found.status >= 200 || found.status === SWITCHING_PROTOCOLS) head = found;
    }
  };
  return {
    push: (bytes) => {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      findHead();
      if (head !== null) part = readBody(pending, head.body);
    },
    get head() {
      return head;
    },
    get isComplete() {
      return part.end !== null || part.isBroken || (head !== null && pending.length > READ_BYTES);
    },
    get keepsConnection() {
      const isKept = head?.keepsConnection === true && head.status !== SWITCHING_PROTOCOLS;
      return isKept && part.isPlain && part.end === pending.length;
    },
    get leftOver() {
      return pending.subarray(part.end ?? pending.length);
    },
    answerOf: ({ status, headers }) => ({
      status,
      date: headers.get('date'),
      location: headers.get('location'),
      retryAfter: headers.get('retry-after'),
      beginning: beginningOf(part.content, headers.get('content-encoding')),
    }),
  };
}

/** Skips empty lines. Some receivers send one more after a body, so it comes before the next head. */
function withoutBlankLines(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === 13 || bytes[at] === 10) at++;
  return at === 0 ? bytes : bytes.subarray(at);
}
