import type { Storage } from '../engine/storage.js';
import type { CellCodec } from './cell-codec.js';
import { instantCodec } from './instant-codec.js';
import { numberCodec } from './number-codec.js';
import { type TextBooleans, textCodec } from './text-codec.js';

export function codecOf(storage: Storage, booleans: TextBooleans): CellCodec {
  switch (storage.holds) {
    case 'text':
      return textCodec(storage, booleans);
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

const BOOLEAN: CellCodec = {
  exact: (value) => (typeof value === 'boolean' ? value : value === '' ? null : undefined),
  nearest: (value) => {
    if (value === 'true' || value === 1) return true;
    return value === 'false' || value === 0 ? false : null;
  },
};

const UNKNOWN: CellCodec = { exact: () => undefined, nearest: () => null };
