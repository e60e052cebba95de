/**
 * A map that forgets the entries that were set longest ago, so that its memory is limited. It has two generations of at
 * most `capacity` keys: the older one is dropped when the newer one is full.
 */
export interface RecentMap<Value> {
  /** Returns undefined for a key that was never set, or is forgotten. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

export function createRecentMap<Value>(capacity: number): RecentMap<Value> {
  let newer = new Map<string, Value>();
  let older = new Map<string, Value>();
  return {
    get: (key) => (newer.has(key) ? newer.get(key) : older.get(key)),
    set(key, value) {
      newer.set(key, value);
      if (newer.size < capacity) return;
      older = newer;
      newer = new Map();
    },
    delete(key) {
      newer.delete(key);
      older.delete(key);
    },
  };
}
