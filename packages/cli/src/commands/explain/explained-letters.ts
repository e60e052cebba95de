import type { LetterHead } from '@dbsync/core/cli-kit';

/** A dead letter in the form of `--json`: without its body, which `dead-letters show` prints. */
export type ExplainedLetter = Omit<LetterHead, 'md5' | 'contactId'>;

/** Returns dead letters without their bodies. */
export function explainedLetters(letters: readonly LetterHead[]): readonly ExplainedLetter[] {
  return letters.map(({ key, kind, code, reason, firstSeenAt, attempts }) => {
    return { key, kind, code, reason, firstSeenAt, attempts };
  });
}
