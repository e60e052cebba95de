import { contactOfLetter } from '../contract/index.js';
import { type LetterHead, storedDeadLetters } from './dead-letter-pages.js';
import type { RunSettings } from './run-settings.js';

/** Reads the dead letters of a contact without their bodies, those of inbound calls that name it included. */
export async function lettersOfContact(
  { sink, campaign }: Pick<RunSettings, 'sink' | 'campaign'>,
  contactId: string,
  signal: AbortSignal,
): Promise<readonly LetterHead[]> {
  const found: LetterHead[] = [];
  // The body alone names the contact of an inbound call.
  const mayBe = (head: LetterHead) => head.contactId === contactId || head.kind === 'inbound-call';
  for await (const letter of storedDeadLetters(sink.store, campaign, signal, mayBe)) {
    const { body: _, ...head } = letter;
    if (contactOfLetter(letter) === contactId) found.push(head);
  }
  return found;
}
