import type { ReaderLanguage } from '../languages/reader-language.js';

/**
 * Writes what is known of an error in the reader's language: what its code means, the English message with the facts of this case,
 * and the remedy, each on a line of its own. Returns null in English, and for a code without a translation.
 */
export function explained(code: string, message: string, { explain }: ReaderLanguage): string | null {
  const explanation = explain(code);
  return explanation === null ? null : `${code}: ${explanation.what}\n  ${message}\n  ${explanation.remedy}`;
}

/** Explains each code once; returns null for a code that it has explained, as for one without a translation. */
export function createExplainOnce(language: ReaderLanguage): (code: string, message: string) => string | null {
  const codes = new Set<string>();
  return (code, message) => {
    if (codes.has(code)) return null;
    codes.add(code);
    return explained(code, message, language);
  };
}
