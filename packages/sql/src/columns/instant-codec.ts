import type { Json } from '@dbsync/core/contract';
import type { InstantStorage } from '../engine/storage.js';
import type { CellCodec } from './cell-codec.js';

/** Matches a time in a body. Only a time with a zone names an instant; one without is read as UTC, and is not exact. */
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,30}))?)?)?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/;

/**
 * Matches the form that nearly all times have, which is the form they are stored in, except on the 29th of February. It needs no arithmetic, and
 * arithmetic is most of the work of other forms.
 */
const KEPT_FORM =
  /^(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

export function instantCodec(storage: InstantStorage): CellCodec {
  const kept = Math.min(storage.fractionDigits, 3);
  const keepsAll = kept === 3 && storage.minYear <= 1 && storage.maxYear >= 9999;
  return {
    exact(value) {
      if (value === '') return null;
      if (keepsAll && typeof value === 'string' && KEPT_FORM.test(value)) return value;
      const time = timeOf(value);
      if (time === null || !time.hasZone || /[1-9]/.test(time.fraction.slice(kept))) return undefined;
      return inRange(time, storage);
    },
    nearest(value) {
      const time = timeOf(value);
      return time === null ? null : (inRange(time, storage) ?? null);
    },
  };
}

interface Time {
  /** Whole seconds, in milliseconds since 1970. */
  readonly secondMs: number;
  readonly fraction: string;
  readonly hasZone: boolean;
}

function timeOf(value: Json): Time | null {
  const match = typeof value === 'string' ? TIME.exec(value) : null;
  if (match === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const localMs = Date.parse(local);
  // Date.parse takes the 30th of February, so the time must print as it was read.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString() !== local) return null;
  return { secondMs: localMs - offsetMs(zone), fraction, hasZone: zone !== '' };
}

function offsetMs(zone: string): number {
  if (zone === '' || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)) * (zone.length > 3 ? 1 : 0);
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function inRange(time: Time, { minYear, maxYear, fractionDigits }: InstantStorage): string | undefined {
  const kept = time.fraction.slice(0, Math.min(fractionDigits, 3));
  const instant = new Date(time.secondMs + Number(kept.padEnd(3, '0')));
  const year = instant.getUTCFullYear();
  return year >= Math.max(minYear, 0) && year <= Math.min(maxYear, 9999) ? instant.toISOString() : undefined;
}
