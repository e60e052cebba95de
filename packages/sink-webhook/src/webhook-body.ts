import { jsonText, type Message } from '@dbsync/core/contract';

/** The replacement of a lone half of a surrogate pair: an escape as in `"\\ud83d"`, or U+FFFD. */
export type LoneSurrogates = 'escape' | 'replace';

/**
 * Writes the body of a delivery in its only shape: `schema/delivery.schema.json` describes it. Numbers keep the
 * upstream's spelling.
 */
export function bodyOf({ contact, transaction, state }: Message, lone: LoneSurrogates): Buffer {
  const text = jsonText({ contact, transaction, state });
  return Buffer.from(lone === 'escape' ? text : text.replace(ESCAPES, replaceLone));
}

/** Matches a whole pair, a lone half, and any other escape. */
const ESCAPES = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}|\\./g;
const HALF_LENGTH = '\\ud83d'.length;

/** Replaces a lone half. JSON always writes it as an escape. */
function replaceLone(text: string): string {
  return text.length === HALF_LENGTH ? '\ufffd' : text;
}
