import { integer } from './byte-parts.ts';
import { type DataType, type TdsValue, unfit } from './data-type.ts';
import { lengthPrefixedType } from './length-prefixed-type.ts';

const DAY_MS = 86_400_000;
const DATE_BYTES = 3;
const FIRST_DAY_MS = Date.parse('0001-01-01T00:00:00Z');
const TIME = /^(\d{4}-\d\d-\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?$/;

/** Days since the first of January of year 1. Its values are text. */
export function dateType(): DataType {
  return lengthPrefixedType({
    name: 'date',
    info: [0x28],
    read: (source) => dateOf(source.unsigned(DATE_BYTES)),
    write: (value) => integer(partsOf('date', value, 0).day, DATE_BYTES),
  });
}

/** The time of day, in units of a power of ten of a second, then the date (MS-TDS 2.2.5.5.1.8). Text, too. */
export function dateTime2Type(scale: number): DataType {
  const name = `datetime2(${scale})`;
  const timeBytes = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const unitsPerSecond = 10n ** BigInt(scale);
  return lengthPrefixedType({
    name,
    info: [0x2a, scale],
    read: (source) => {
      const units = source.unsigned(timeBytes);
      const seconds = units / unitsPerSecond;
      const fraction = scale === 0 ? '' : `.${(units % unitsPerSecond).toString().padStart(scale, '0')}`;
      const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
      const time = clock.map((part) => part.toString().padStart(2, '0')).join(':');
      return `${dateOf(source.unsigned(DATE_BYTES))} ${time}${fraction}`;
    },
    write: (value) => {
      const { day, units } = partsOf(name, value, scale);
      return Buffer.concat([integer(units, timeBytes), integer(day, DATE_BYTES)]);
    },
  });
}

function dateOf(day: bigint): string {
  return new Date(FIRST_DAY_MS + Number(day) * DAY_MS).toISOString().slice(0, 10);
}

function partsOf(name: string, value: TdsValue, scale: number): { readonly day: bigint; readonly units: bigint } {
  const parts = typeof value === 'string' ? TIME.exec(value) : null;
  const [, date = '', hours = '0', minutes = '0', seconds = '0', fraction = ''] = parts ?? [];
  if (parts === null || fraction.length > scale) throw unfit(name, value);
  const second = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return {
    day: BigInt((Date.parse(`${date}T00:00:00Z`) - FIRST_DAY_MS) / DAY_MS),
    units: BigInt(second + fraction.padEnd(scale, '0')),
  };
}
