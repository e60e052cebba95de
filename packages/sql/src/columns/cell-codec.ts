import type { Json } from '@dbsync/core/contract';
import type { Cell } from '../engine/storage.js';

/** How values enter a column. Never asked about null, which is null everywhere. */
export interface CellCodec {
  /** The cell that means exactly this value; `undefined` where the column has none. */
  exact(value: Json): Cell | undefined;
  /** For a value that has no exact cell: the nearest readable one, or null. */
  nearest(value: Json): Cell;
}
