import type { LetterHead } from '@dbsync/core/cli-kit';
import type { DeadLetter } from '@dbsync/core/contract';
import { formatCounted } from '../terminal/figures.js';
import { printableLine } from '../terminal/printable.js';
import { textTable } from '../terminal/text-table.js';

/** The number of characters of a key that identify it among others. */
const KEY_SHOWN = 12;
const REASON_SHOWN = 80;

export function deadLetterTable(letters: readonly LetterHead[]): readonly string[] {
  return textTable(
    ['KEY', 'KIND', 'CONTACT', 'CODE', 'TRIED', 'SINCE', 'REASON'],
    letters.map(({ key, kind, contactId, code, attempts, firstSeenAt, reason }) => [
      key.slice(0, KEY_SHOWN),
      kind,
      contactId ?? '-',
      code,
      attempts,
      firstSeenAt,
      reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN)}...` : reason,
    ]),
  );
}

export function deadLetterDetails(letter: DeadLetter): readonly string[] {
  const { key, kind, contactId, md5, code, reason, firstSeenAt, attempts, body } = letter;
  return [
    `key      ${key}`,
    `kind     ${kind}`,
    `contact  ${contactId ?? '-'}`,
    `md5      ${md5 ?? '-'}`,
    `code     ${code}`,
    `reason   ${reason}`,
    `since    ${firstSeenAt}, tried ${formatCounted(attempts, 'time')}`,
    `body     ${body === '' ? '-' : body}`,
  ].map(printableLine);
}
