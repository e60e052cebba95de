import type { ReaderLanguage } from '../languages/reader-language.js';

/**
 * Writes what is known of an error in the reader's language: what its code means, the English message with the facts of this case,
 * and the remedy, each on a line of its own. Returns null in English, and for a code without a translation.
 */
export function explained(code: string, message: string, { explain }: ReaderLanguage): string | null {
  const explanation = explain(code);
  return explanation === null ? null : `${code}: ${explanation.what}\n  ${message}\n  ${explanation.remedy}`;
}
