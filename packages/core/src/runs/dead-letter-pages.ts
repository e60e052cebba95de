import type { DeadLetter } from '../contract/index.js';
import type { Session } from './session.js';

/** Most dead letters that are read at a time. */
const PAGE = 500;

/** Some dead letters of a stream, in the order of their keys. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Where the next page begins; undefined: there is none. */
  readonly after: string | undefined;
}

/** @param after where the page before ended; undefined: the first one */
export async function readDeadLetters(
  { store, claim, deadlines, stop }: Session,
  after: string | undefined,
): Promise<DeadLetterPage> {
  const options = { limit: PAGE, ...(after === undefined ? {} : { after }) };
  const letters = await deadlines.run('listDeadLetters', stop, (call) =>
    store.listDeadLetters(claim.stream, { ...options, ...call }),
  );
  return { letters, after: letters.length < PAGE ? undefined : letters.at(-1)?.key };
}

/** All dead letters of the stream, a page at a time. */
export async function* deadLetterPages(session: Session): AsyncGenerator<readonly DeadLetter[]> {
  let after: string | undefined;
  do {
    const page = await readDeadLetters(session, after);
    yield page.letters;
    after = page.after;
  } while (after !== undefined);
}
