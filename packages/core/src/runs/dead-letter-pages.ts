import type { DeadLetter, StoreSink, Stream } from '../contract/index.js';
import type { StoreSession } from './session.js';

/** Most dead letters that are read at a time. */
const PAGE = 500;

/** Some dead letters of a stream, in the order of their keys. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** The key after which the next page begins; undefined: there is no next page. */
  readonly after: string | undefined;
}

type ReadLetters = (page: { readonly limit: number; readonly after?: string }) => Promise<readonly DeadLetter[]>;

/**
 * Reads one page under a claim.
 *
 * @param after the key that the page before ended with; undefined: reads the first page
 */
export function readDeadLetters(session: StoreSession, after: string | undefined): Promise<DeadLetterPage> {
  return readPage(lettersOf(session), after);
}

/** Reads all dead letters of the stream under a claim, page by page. */
export function deadLetterPages(session: StoreSession): AsyncGenerator<readonly DeadLetter[]> {
  return allPages(lettersOf(session));
}

/** Reads all dead letters of a stream without a claim, page by page, so that any number of them fits. */
export function storedDeadLetterPages(
  store: StoreSink,
  stream: Stream,
  signal: AbortSignal,
): AsyncGenerator<readonly DeadLetter[]> {
  return allPages((page) => store.listDeadLetters(stream, { ...page, signal }));
}

function lettersOf({ store, claim, deadlines, stop }: StoreSession): ReadLetters {
  return (page) =>
    deadlines.run('listDeadLetters', stop, (call) => store.listDeadLetters(claim.stream, { ...page, ...call }));
}

/** Yields pages, and never an empty one. */
async function* allPages(read: ReadLetters): AsyncGenerator<readonly DeadLetter[]> {
  let after: string | undefined;
  do {
    const page = await readPage(read, after);
    if (page.letters.length > 0) yield page.letters;
    after = page.after;
  } while (after !== undefined);
}

async function readPage(read: ReadLetters, after: string | undefined): Promise<DeadLetterPage> {
  const letters = await read({ limit: PAGE, ...(after === undefined ? {} : { after }) });
  return { letters, after: letters.length < PAGE ? undefined : letters.at(-1)?.key };
}
