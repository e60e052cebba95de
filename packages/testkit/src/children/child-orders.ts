import { createInterface } from 'node:readline';
import type { ChildOrder } from './child-process.js';

/** The lines on the standard input of a child process. */
export interface ChildOrders {
  readonly first: ChildOrder;
  /** The numbers of the pieces of work, one after the other. */
  readonly pieces: AsyncIterable<string>;
}

/** Waits for the first order. */
export async function receiveOrders(): Promise<ChildOrders> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  return { first: JSON.parse(value ?? '') as ChildOrder, pieces: lines };
}
