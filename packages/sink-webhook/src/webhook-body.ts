import { jsonText, type Message } from '@dbsync/core/contract';

/** What becomes of a half of a surrogate pair without the other: an escape as in `"\\ud83d"`, or U+FFFD in its place. */
export type LoneSurrogates = 'escape' | 'replace';

/** The one shape of a delivery: `schema/delivery.schema.json` describes it. Numbers keep the upstream's spelling. */
export function bodyOf({ contact, transaction, state }: Message, lone: LoneSurrogates): Buffer {
  const text = jsonText({ contact, transaction, state });
  return Buffer.from(lone === 'escape' ? text : text.replace(ESCAPES, replaceLone));
}

/** A whole pair, a half alone, and any other escape. */
const ESCAPES = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}|\\./g;
const HALF_LENGTH = '\\ud83d'.length;

/** In JSON a half alone is always written as an escape. */
function replaceLone(text: string): string {
  return text.length === HALF_LENGTH ? '\ufffd' : text;
}
