import type { MemoryStream, MemoryTarget } from '../../packages/testkit/src/memory/memory-target.ts';

/** Keeps all that the target holds. The returned function sets the target back to that, any number of times. */
export function snapshotOf(target: MemoryTarget): () => void {
  const kept = copyOf(target);
  return () => {
    const again = copyOf(kept);
    for (const name of ['streams', 'fields', 'ledger', 'contacts', 'callStreams', 'forgotten'] as const) {
      refill<unknown>(target[name], again[name]);
    }
    target.viewZone = again.viewZone;
    target.load = again.load;
    target.isIndexed = again.isIndexed;
    target.messages.splice(0, target.messages.length, ...again.messages);
  };
}

function copyOf({ callStreams, notices, forgotten, ...target }: MemoryTarget): MemoryTarget {
  const { streams, fields, obstructed, messages, ledger, contacts, viewZone } = target;
  return {
    streams: new Map([...streams].map(([name, stream]) => [name, copyOfStream(stream)])),
    fields: new Map(fields),
    obstructed: new Set(obstructed),
    messages: [...messages],
    ledger: new Map(ledger),
    contacts: new Map(contacts),
    callStreams: new Map(callStreams),
    notices: [...notices],
    forgotten: new Map(forgotten),
    viewZone,
    load: target.load,
    isIndexed: target.isIndexed,
  };
}

function copyOfStream(stream: MemoryStream): MemoryStream {
  const { lease, deadLetters, requests, notes } = stream;
  const maps = { deadLetters: new Map(deadLetters), requests: new Map(requests), notes: new Map(notes) };
  return { ...stream, ...maps, lease: lease && { ...lease } };
}

function refill<Value>(map: Map<string, Value>, values: ReadonlyMap<string, Value>): void {
  map.clear();
  for (const [name, value] of values) map.set(name, value);
}
