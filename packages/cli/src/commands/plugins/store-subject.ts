import type { TestedStore } from '@dbsync/core/cli-kit';
import type { RowTable, SinkNotice, SinkTarget, StoreSink, TestPlace } from '@dbsync/core/contract';

/**
 * Returns the subject that the conformance suite of a store takes: each case in a place of its own. Cases that need more, such
 * as a proxy before the server or damage to tables, are not run.
 */
export function storeSubject({ targets, createSink, entry }: TestedStore) {
  let places = 0;
  return {
    async createTarget() {
      places += 1;
      const place = await targets.createPlace(places, { signal: AbortSignal.timeout(PATIENCE_MS) });
      const notices: SinkNotice[] = [];
      const target: SinkTarget = { ...place.target, notify: (notice) => void notices.push(notice) };
      const shape = createSink(target);
      return {
        createSink: () => createSink(target),
        readRows: (table: RowTable) => place.readRows(table),
        remove: () => place.remove(),
        notices: () => notices,
        ...(place.isInMemory !== true && { plugin: { ...place.target, entry } }),
        ...offersOf(place, shape),
      };
    },
  };
}

const PATIENCE_MS = 60_000;

type OptionalPart = { [Key in keyof StoreSink]-?: undefined extends StoreSink[Key] ? Key : never }[keyof StoreSink];
/**
 * The parts by which the suite chooses its cases. Cases of plans need a sink that only looks, too; those of fills are for
 * every sink.
 */
type Part = Exclude<OptionalPart, 'connections' | 'planChanges' | 'readContacts' | 'filling'>;

/** The name that the suite has for each part. */
const OFFERS = {
  erasure: 'erases',
  mirroring: 'mirrors',
  verifying: 'verifies',
  reporting: 'reports',
  explaining: 'explains',
  viewing: 'views',
  summarising: 'summarises',
  bulk: 'loads',
  indexing: 'indexes',
} satisfies Record<Part, string>;

/** Returns what the sink can do beyond the obligatory, and what it needs not do. */
function offersOf({ hasNoSchema = false }: TestPlace, sink: StoreSink): Record<string, true> {
  const offers = Object.entries(OFFERS).filter(([part]) => sink[part as Part] !== undefined);
  return {
    ...(hasNoSchema && { hasNoSchema }),
    ...Object.fromEntries(offers.map(([, offer]) => [offer, true as const])),
  };
}
