import { DbsyncError } from '../errors/dbsync-error.js';
import type { RecordKind } from '../records/field-rules.js';

/** A glob for field names, of one kind of record or (null) of all kinds. */
export interface FieldPattern {
  readonly kind: RecordKind | null;
  /** `*` stands for any characters, `?` for one. */
  readonly glob: string;
}

/**
 * Reads a pattern such as `$phone`, `contacts.$phone` or `inbound_calls.*number`. A kind in front limits the glob to
 * that kind.
 */
export function parseFieldPattern(text: string): FieldPattern {
  const kind = RECORD_KINDS.find((name) => text.startsWith(`${name}.`));
  return kind === undefined ? { kind: null, glob: text } : { kind, glob: text.slice(kind.length + 1) };
}

const RECORD_KINDS: readonly RecordKind[] = [
  'contacts',
  'task_log',
  'transactions',
  'connections',
  'recordings',
  'inbound_calls',
];

/** The fields that dbsync uses for ids, order, filter and progress, and the fields that hold the records below. */
const NEEDED: Readonly<Record<RecordKind, readonly string[]>> = {
  contacts: ['$id', '$md5', '$task_log'],
  task_log: ['transactions'],
  transactions: [
    ...['id', 'contact_id', 'fired', 'sequence_nr', 'created_date', 'type', 'task', 'status_detail', 'connections'],
  ],
  connections: [
    ...['id', 'contact_id', 'transaction_id', 'parent_connection_id', 'technology'],
    ...['third_party_connections', 'recordings'],
  ],
  recordings: ['id', 'contact_id', 'connection_id'],
  inbound_calls: ['id', 'contact_id', 'call_time', 'connect_time', 'hangup_time'],
};

/** The names under which copies show the fields of inbound calls. A glob matches a field by either name. */
const SHOWN_AS: Readonly<Record<string, string>> = {
  calling_number: 'remote_number',
  called_number: 'line_number',
  call_time: 'started',
  connect_time: 'connected',
  hangup_time: 'disconnected',
};

/** Returns whether dbsync itself needs the field; no rule applies to such a field. */
export function isNeeded(kind: RecordKind, field: string): boolean {
  return NEEDED[kind].includes(field);
}

/**
 * Throws if a pattern without wildcards names a field that dbsync needs itself. A pattern with wildcards leaves such
 * fields out.
 */
export function refuseNeeded({ kind, glob }: FieldPattern): void {
  if (/[*?]/.test(glob)) return;
  const kinds = kind === null ? RECORD_KINDS : [kind];
  const needing = kinds.filter((of) => NEEDED[of].some((field) => namesOf(of, field).includes(glob)));
  if (needing.length === 0) return;
  const free = RECORD_KINDS.filter((of) => !needing.includes(of)).map((of) => `${of}.${glob}`);
  const named =
    kind === null ? ` For other kinds of records name the kind, as in ${free[0] ?? `contacts.${glob}`}.` : '';
  throw new DbsyncError(
    'FIELD_NEEDED',
    `dbsync needs ${needing.map((of) => `${of}.${glob}`).join(', ')} itself, so it can be neither left out nor hashed.${named}`,
  );
}

/**
 * Returns whether the pattern applies to the field.
 *
 * @param kind null: the record's kind is unknown, so the patterns of all kinds apply
 */
export function isMatch(pattern: FieldPattern, kind: RecordKind | null, field: string): boolean {
  if (pattern.kind !== null && kind !== null && pattern.kind !== kind) return false;
  return namesOf(kind, field).some((name) => matchesGlob(pattern.glob, name));
}

function namesOf(kind: RecordKind | null, field: string): readonly string[] {
  const shown = kind === null || kind === 'inbound_calls' ? SHOWN_AS[field] : undefined;
  return shown === undefined ? [field] : [field, shown];
}

/**
 * Matches without backtracking over more than one `*`: a hostile name costs at most its length times the glob's length.
 */
function matchesGlob(glob: string, name: string): boolean {
  let [at, inName, star, resumeAt] = [0, 0, -1, 0];
  while (inName < name.length) {
    if (glob[at] === '*') {
      star = at++;
      resumeAt = inName;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[inName])) {
      at++;
      inName++;
    } else if (star >= 0) {
      at = star + 1;
      inName = ++resumeAt;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
