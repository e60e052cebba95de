import type { Json } from '@dbsync/core/contract';
import { instantCodec } from './instant-codec.js';
import { numberCodec } from './number-codec.js';
import type { Cell, Storage } from './storage.js';
import { textCodec } from './text-codec.js';

/** How values enter a column. Never asked about null, which is null everywhere. */
export interface ColumnCodec {
  /** The cell that means exactly this value; `undefined` where the column has none. */
  exact(value: Json): Cell | undefined;
  /** For a value that has no exact cell: the nearest readable one, or null. */
  nearest(value: Json): Cell;
}

export function codecOf(storage: Storage): ColumnCodec {
  switch (storage.holds) {
    case 'text':
      return textCodec(storage);
    case 'instant':
      return instantCodec(storage);
    case 'number':
      return numberCodec(storage);
    case 'boolean':
      return BOOLEAN;
    case 'unknown':
      return UNKNOWN;
  }
}

const BOOLEAN: ColumnCodec = {
  exact: (value) => (typeof value === 'boolean' ? value : value === '' ? null : undefined),
  nearest: (value) => {
    if (value === 'true' || value === 1) return true;
    return value === 'false' || value === 0 ? false : null;
  },
};

const UNKNOWN: ColumnCodec = { exact: () => undefined, nearest: () => null };
