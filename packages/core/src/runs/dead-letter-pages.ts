import type { DeadLetter, StoreSink, Stream } from '../contract/index.js';
import type { StoreSession } from './session.js';

/** Most dead letters that are read at a time. */
const PAGE = 500;

/** A dead letter without its body, which may have many megabytes. */
export type LetterHead = Omit<DeadLetter, 'body'>;

/** Some dead letters of a stream, in the order of their keys. */
export interface DeadLetterPage {
  readonly letters: readonly LetterHead[];
  /** The key after which the next page begins; undefined: there is no next page. */
  readonly after: string | undefined;
}

interface PageQuery {
  readonly limit: number;
  readonly after?: string;
  readonly maxBodyBytes?: number;
}

type ReadLetters = (page: PageQuery) => Promise<readonly DeadLetter[]>;

/**
 * Reads one page under a claim.
 *
 * @param after the key that the page before ended with; undefined: reads the first page
 */
export function readDeadLetters(session: StoreSession, after: string | undefined): Promise<DeadLetterPage> {
  return readPage(lettersOf(session), after);
}

/** Reads all dead letters of the stream under a claim, page by page. */
export function deadLetterPages(session: StoreSession): AsyncGenerator<readonly LetterHead[]> {
  return allPages(lettersOf(session));
}

/** Reads one dead letter whole, under a claim. Returns null where it is gone. */
export async function readDeadLetter(session: StoreSession, key: string): Promise<DeadLetter | null> {
  const read = lettersOf(session);
  let before: string | undefined;
  for await (const page of allPages(read)) {
    for (const head of page) {
      if (head.key === key) return withBody(read, { ...head, body: '' }, before);
      before = head.key;
    }
  }
  return null;
}

/** Reads all dead letters of a stream without a claim, page by page, so that any number of them fits. */
export function storedDeadLetterPages(
  store: StoreSink,
  stream: Stream,
  signal: AbortSignal,
): AsyncGenerator<readonly LetterHead[]> {
  return allPages(storedLetters(store, stream, signal));
}

/**
 * Reads those dead letters of a stream whole that a caller wants, without a claim, one at a time.
 *
 * @param isWanted chooses among the letters without their bodies
 */
export function storedDeadLetters(
  store: StoreSink,
  stream: Stream,
  signal: AbortSignal,
  isWanted: (head: LetterHead) => boolean,
): AsyncGenerator<DeadLetter> {
  return wholeLetters(storedLetters(store, stream, signal), isWanted);
}

function lettersOf({ store, claim, deadlines, stop }: StoreSession): ReadLetters {
  return (page) =>
    deadlines.run('listDeadLetters', stop, (call) => store.listDeadLetters(claim.stream, { ...page, ...call }));
}

function storedLetters(store: StoreSink, stream: Stream, signal: AbortSignal): ReadLetters {
  return (page) => store.listDeadLetters(stream, { ...page, signal });
}

/** Yields pages, and never an empty one. */
async function* allPages(read: ReadLetters): AsyncGenerator<readonly LetterHead[]> {
  let after: string | undefined;
  do {
    const page = await readPage(read, after);
    if (page.letters.length > 0) yield page.letters;
    after = page.after;
  } while (after !== undefined);
}

async function readPage(read: ReadLetters, after: string | undefined): Promise<DeadLetterPage> {
  const letters = await read(pageAfter(after, { limit: PAGE, maxBodyBytes: 0 }));
  return { letters: letters.map(headOf), after: letters.length < PAGE ? undefined : letters.at(-1)?.key };
}

/** Drops the body, which a sink of an earlier release returns although none was asked for. */
function headOf({ body: _, ...head }: DeadLetter): LetterHead {
  return head;
}

/** The dead letters whose bodies are read together where they are short. */
const BODIES = 100;
/** Longer bodies are read one at a time. */
const BODY_BYTES = 64 << 10;

async function* wholeLetters(read: ReadLetters, isWanted: (head: LetterHead) => boolean): AsyncGenerator<DeadLetter> {
  let after: string | undefined;
  for (;;) {
    const letters = await read(pageAfter(after, { limit: BODIES, maxBodyBytes: BODY_BYTES }));
    for (const letter of letters) {
      const whole = isWanted(letter) ? await withBody(read, letter, after) : null;
      if (whole !== null) yield whole;
      after = letter.key;
    }
    if (letters.length < BODIES) return;
  }
}

/**
 * Returns the letter with its body; null where it is gone.
 *
 * @param before the key of the letter before it; undefined: it is the first
 */
async function withBody(read: ReadLetters, letter: DeadLetter, before: string | undefined): Promise<DeadLetter | null> {
  // A letter of kind `fetch` never has a body.
  if (letter.body !== '' || letter.kind === 'fetch') return letter;
  for (let reached = before; ; ) {
    // Another letter may have been added in front of it meanwhile.
    const [next] = await read(pageAfter(reached, { limit: 1 }));
    if (next === undefined || next.key > letter.key) return null;
    if (next.key === letter.key) return next;
    reached = next.key;
  }
}

function pageAfter(after: string | undefined, page: PageQuery): PageQuery {
  return after === undefined ? page : { ...page, after };
}
