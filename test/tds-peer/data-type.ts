import type { ByteReader } from './byte-reader.ts';

/**
 * A value in TDS: `int` and narrower are numbers, `bigint` a BigInt, decimals and times exact text (`2024-01-02
 * 03:04:05.6780000`), `varbinary` bytes.
 */
export type TdsValue = null | boolean | number | bigint | string | Buffer;

export interface DataType {
  /** The name in T-SQL: `nvarchar(40)`, `decimal(38,10)`. */
  readonly name: string;
  /** The bytes of TYPE_INFO (MS-TDS 2.2.5.6). */
  readonly info: Buffer;
  read(source: ByteReader): TdsValue;
  write(value: TdsValue): Buffer;
}

/** Makes the error for values that no script should give. */
export function unfit(name: string, value: TdsValue): Error {
  return new TypeError(
    `A value of ${name} cannot be ${typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)}`,
  );
}
