import type { Part, Reply } from './replies.ts';
import type { TdsRequest } from './requests.ts';

/**
 * The requests that a rule applies to: a kind, a function, or a regular expression on the text of batches, calls and
 * transaction steps.
 */
export type Match = RegExp | TdsRequest['kind'] | ((request: TdsRequest) => boolean);

/** A given reply, or a function that makes it for each request. */
export type ReplyOf = GivenReply | ((request: TdsRequest) => GivenReply | Promise<GivenReply>);

/** A reply, or the parts of an answer. */
export type GivenReply = Reply | Part | readonly Part[];

export interface Script {
  /** Sets the answer to every request that matches. Of several such rules the newest counts. */
  answer(match: Match, reply: ReplyOf): void;
  /** Sets the answer to one request, before any rule of {@link answer} does. Several such rules are used in their order. */
  answerOnce(match: Match, reply: ReplyOf): void;
  /** Returns the reply by the rules; null when none is for this request. */
  replyTo(request: TdsRequest): Promise<Reply | null>;
}

interface Rule {
  readonly match: Match;
  readonly reply: ReplyOf;
}

export function createScript(): Script {
  const always: Rule[] = [];
  const once: Rule[] = [];
  const take = (request: TdsRequest): Rule | undefined => {
    const at = once.findIndex(({ match }) => matches(match, request));
    return at === -1 ? always.find(({ match }) => matches(match, request)) : once.splice(at, 1)[0];
  };
  return {
    answer: (match, reply) => void always.unshift({ match, reply }),
    answerOnce: (match, reply) => void once.push({ match, reply }),
    replyTo: async (request) => {
      const reply = take(request)?.reply;
      if (reply === undefined) return null;
      return asReply(typeof reply === 'function' ? await reply(request) : reply);
    },
  };
}

const TEXTUAL: readonly TdsRequest['kind'][] = ['batch', 'call', 'transaction'];

export function matches(match: Match, request: TdsRequest): boolean {
  if (typeof match === 'function') return match(request);
  if (typeof match === 'string') return match === request.kind;
  return TEXTUAL.includes(request.kind) && request.text.search(match) !== -1;
}

function asReply(given: GivenReply): Reply {
  if ('length' in given) return { kind: 'answer', parts: given };
  switch (given.kind) {
    case 'answer':
    case 'hang':
    case 'stall':
    case 'drop':
    case 'wire':
      return given;
    default:
      return { kind: 'answer', parts: [given] };
  }
}
