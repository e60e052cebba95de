import { formatCounted } from '../../terminal/figures.js';
import { printableLine } from '../../terminal/printable.js';
import { wrapText } from '../../terminal/wrap-text.js';
import type { ExplainedInApi } from './explained-copy.js';
import type { ExplainedLetter } from './explained-letters.js';

const COLUMNS = 80;
const NAME_WIDTH = 14;
/** The letters of a key that identify it among others. */
const KEY_SHOWN = 12;
const LETTERS_SHOWN = 20;

/** Writes facts as `name  text`, within 80 columns. */
export function factLines(facts: readonly (readonly [name: string, text: string])[]): readonly string[] {
  return facts.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrapText(printableLine(text), COLUMNS - NAME_WIDTH);
    return [`${name.padEnd(NAME_WIDTH)}${first}`, ...rest.map((line) => `${' '.repeat(NAME_WIDTH)}${line}`)];
  });
}

/** Writes what the API has. */
export function apiLine(api: ExplainedInApi | null): string {
  if (api === null) return 'not asked';
  if (api.state === 'gone') return 'no such contact';
  if (api.state === 'unread' || api.records === null) return `not read: ${api.code}: ${api.reason}`;
  return `md5 ${api.md5 ?? 'none'}, ${recordsText(api.records)}`;
}

/** Writes numbers of records below a contact. */
export function recordsText(
  records: NonNullable<ExplainedInApi['records']> & { readonly inbound_calls?: number },
): string {
  const { transactions, connections, recordings, inbound_calls } = records;
  const below = [
    formatCounted(transactions, 'transaction'),
    formatCounted(connections, 'connection'),
    formatCounted(recordings, 'recording'),
    ...(inbound_calls === undefined ? [] : [formatCounted(inbound_calls, 'inbound call')]),
  ];
  return below.join(', ');
}

/** Writes dead letters, each with its reason. */
export function letterLines(letters: readonly ExplainedLetter[]): readonly string[] {
  if (letters.length === 0) return factLines([['dead letters', 'none']]);
  const shown = letters.slice(0, LETTERS_SHOWN).map(({ key, kind, code, reason, firstSeenAt, attempts }, index) => {
    const text = `${key.slice(0, KEY_SHOWN)} ${kind} ${code}, tried ${formatCounted(attempts, 'time')} since ${firstSeenAt}: ${reason}`;
    return [index === 0 ? 'dead letters' : '', text] as const;
  });
  const more = letters.length - LETTERS_SHOWN;
  return factLines(more > 0 ? [...shown, ['', `and ${more} more: dbsync dead-letters list`]] : shown);
}

/** Writes the command that tries a dead letter again. */
export function needsReplay({ key }: ExplainedLetter, campaign: string): string {
  return `dbsync dead-letters replay ${key.slice(0, KEY_SHOWN)} --campaign ${campaign} --url TARGET`;
}
