import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalJson, fieldOf, isDigits, type Json } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { FieldRules, RecordKind } from '../records/field-rules.js';
import { cleanRecords } from './clean-records.js';
import { isMatch, isNeeded, parseFieldPattern, refuseNeeded } from './field-patterns.js';

/** The fields to leave out or to hash, as the user wrote them. */
export interface FieldRuleOptions {
  /** Globs such as `$phone` or `transactions.user*`. */
  readonly exclude: readonly string[];
  readonly hash: readonly string[];
  /** The secret key of the hashes; null: no key was given. */
  readonly key: string | null;
}

/** A shorter key could be found by trying all keys. */
const LEAST_KEY_BYTES = 32;
/** The largest number of field names whose treatment is remembered. */
const MOST_NAMES = 10_000;
/** The field that marks a body of a dead letter as cleaned. */
const MARK = '$dbsync_fields';

/**
 * Creates the field rules; returns null if no field is to be left out or hashed.
 *
 * @throws DbsyncError `FIELD_NEEDED` for a field that dbsync needs itself, `FIELD_HASH_KEY` for a key that is missing
 * or short
 */
export function createFieldRules({ exclude, hash, key }: FieldRuleOptions): FieldRules | null {
  if (exclude.length === 0 && hash.length === 0) return null;
  const [excluded, hashed] = [exclude, hash].map(
    (globs) => new Map(globs.map((glob) => [glob, parseFieldPattern(glob)])),
  );
  const patterns = [...(excluded ?? []), ...(hashed ?? [])];
  for (const [, pattern] of patterns) refuseNeeded(pattern);
  const unmatched = new Set(patterns.flatMap(([glob, { kind }]) => (kind === 'inbound_calls' ? [] : [glob])));
  const secret = hash.length === 0 ? null : secretOf(key);
  const treatmentOf = createTreatments((kind, field) => {
    const matching = patterns.filter(([, pattern]) => isMatch(pattern, kind, field));
    for (const [glob] of matching) unmatched.delete(glob);
    if (matching.some(([glob, pattern]) => excluded?.get(glob) === pattern)) return 'exclude';
    return matching.length > 0 ? 'hash' : 'keep';
  });
  const cleanValue = (kind: RecordKind | null, field: string, value: Json) => {
    const treatment = treatmentOf(kind, field);
    if (treatment === 'exclude') return undefined;
    return treatment === 'hash' && secret !== null ? hashOf(value, secret) : value;
  };
  const clean = <T extends Json>(record: T, kind: RecordKind | null): T =>
    (cleanRecords(record, kind, cleanValue).get(record) ?? record) as T;
  const fingerprint = secret === null ? '-' : hmac(secret, 'fingerprint of the key').slice(0, 16);
  const plan = `without=${inWords(exclude)} hashed=${inWords(hash)} key=${fingerprint}`;
  const mark = secret === null ? plan : hmac(secret, `mark of ${plan}`).slice(0, 32);

  return {
    plan,
    cleanContact(body) {
      const copies = cleanRecords(body, 'contacts', cleanValue);
      const of = <T extends Json>(record: T) => (copies.get(record) ?? record) as T;
      return { body: of(body), of };
    },
    cleanCall: (call) => clean(call, 'inbound_calls'),
    cleanEntry: (entry) => clean(entry, null),
    declared(fields) {
      const wanted = fields.filter(({ name }) => treatmentOf('contacts', name) !== 'exclude');
      return wanted.map((field) =>
        treatmentOf('contacts', field.name) === 'hash' ? { ...field, type: 'text' } : field,
      );
    },
    isNamed: (kind, field) => treatmentOf(kind, field) !== 'keep',
    unmatched: () => [...unmatched],
    marked: (body) => ({ ...body, [MARK]: mark }),
    unmarked(body) {
      if (fieldOf(body, MARK) !== mark) return null;
      const { [MARK]: _, ...rest } = body;
      return rest;
    },
  };
}

type Treatment = 'keep' | 'exclude' | 'hash';

/** Decides once for each name, as long as there are not more than `MOST_NAMES` names. */
function createTreatments(decide: (kind: RecordKind | null, field: string) => Treatment) {
  const known = new Map<RecordKind | null, Map<string, Treatment>>();
  return (kind: RecordKind | null, field: string): Treatment => {
    if (kind !== null && isNeeded(kind, field)) return 'keep';
    const ofKind = known.get(kind) ?? new Map<string, Treatment>();
    const remembered = ofKind.get(field);
    if (remembered !== undefined) return remembered;
    const treatment = decide(kind, field);
    if (ofKind.size < MOST_NAMES) known.set(kind, ofKind.set(field, treatment));
    return treatment;
  };
}

function secretOf(key: string | null): KeyObject {
  if (key === null) throw new DbsyncError('FIELD_HASH_KEY', 'Hashes of fields need a key.');
  const bytes = Buffer.from(key);
  if (bytes.length >= LEAST_KEY_BYTES) return createSecretKey(bytes);
  const message = `The key for hashes of fields has ${bytes.length} bytes, and needs ${LEAST_KEY_BYTES} at least.`;
  throw new DbsyncError('FIELD_HASH_KEY', message);
}

/** Returns the HMAC-SHA-256 of the value as a text, in 64 hexadecimal digits. An empty value stays empty. */
function hashOf(value: Json, secret: KeyObject): Json {
  return value === null || value === '' ? value : hmac(secret, textOf(value));
}

/** Returns the text to hash. A number and its text give the same text, so a phone number has one hash in both forms. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return isDigits(value) ? value.rawJSON : canonicalJson(value);
}

function hmac(secret: KeyObject, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** Returns the globs as one text without blanks; the same set of globs gives the same text. */
function inWords(globs: readonly string[]): string {
  return [...new Set(globs)]
    .sort()
    .map((glob) => glob.replace(/[\s%]/g, encodeURIComponent))
    .join(',');
}
