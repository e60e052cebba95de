import type { Json } from '@dbsync/core/contract';
import type { Cell } from '../engine/storage.js';

/** Converts values into cells of a column. Callers never pass null: it is null in every column. */
export interface CellCodec {
  /** Returns the cell that means exactly this value; `undefined` where the column has none. */
  exact(value: Json): Cell | undefined;
  /** Returns the nearest readable cell for a value that has no exact one, or null. */
  nearest(value: Json): Cell;
}
