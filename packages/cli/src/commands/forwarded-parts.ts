import { partOf } from '@dbsync/core/cli-kit';
import type {
  BulkLoading,
  CallOptions,
  Erasure,
  Explaining,
  Filling,
  Indexing,
  Mirroring,
  Reporting,
  StoreSink,
  Summarising,
  Verifying,
  Viewing,
} from '@dbsync/core/contract';

/** Runs work with the store that is in use. */
export type CallStore = <T>(options: CallOptions, work: (store: StoreSink) => Promise<T>) => Promise<T>;

/** Forwards each call of {@link BulkLoading}. */
export function forwardingBulk(call: CallStore): Required<BulkLoading> {
  const bulkOf = ({ bulk }: StoreSink) => partOf(bulk);
  return {
    begin: (claim, options) => call(options, (store) => bulkOf(store).begin(claim, options)),
    finish: (claim, options) => call(options, (store) => bulkOf(store).finish(claim, options)),
  };
}

/** Forwards each call of {@link Indexing}. */
export function forwardingIndexing(call: CallStore): Required<Indexing> {
  const indexingOf = ({ indexing }: StoreSink) => partOf(indexing);
  return { buildIndexes: (options) => call(options, (store) => indexingOf(store).buildIndexes(options)) };
}

/** Forwards each call of {@link Filling}. */
export function forwardingFilling(call: CallStore): Required<Filling> {
  return { fill: (claim, options) => call(options, ({ filling }) => partOf(filling).fill(claim, options)) };
}

/** Forwards each call of {@link Erasure}. */
export function forwardingErasure(call: CallStore): Required<Erasure> {
  const erasureOf = ({ erasure }: StoreSink) => partOf(erasure);
  return {
    forget: (ids, options) => call(options, (store) => erasureOf(store).forget(ids, options)),
    remember: (ids, options) => call(options, (store) => erasureOf(store).remember(ids, options)),
    readForgotten: (ids, options) => call(options, (store) => erasureOf(store).readForgotten(ids, options)),
  };
}

/** Forwards each call of {@link Mirroring}. */
export function forwardingMirroring(call: CallStore): Required<Mirroring> {
  const mirroringOf = ({ mirroring }: StoreSink) => partOf(mirroring);
  return {
    listHeld: (claim, options) => call(options, (store) => mirroringOf(store).listHeld(claim, options)),
    keepNotes: (claim, notes, options) => call(options, (store) => mirroringOf(store).keepNotes(claim, notes, options)),
    mark: (claim, marks, options) => call(options, (store) => mirroringOf(store).mark(claim, marks, options)),
    remove: (claim, contacts, options) => call(options, (store) => mirroringOf(store).remove(claim, contacts, options)),
    removeOrphans: (claim, contactIds, options) =>
      call(options, (store) => mirroringOf(store).removeOrphans(claim, contactIds, options)),
  };
}

/** Forwards each call of {@link Verifying}. */
export function forwardingVerifying(call: CallStore): Required<Verifying> {
  const verifyingOf = ({ verifying }: StoreSink) => partOf(verifying);
  return {
    compare: (stream, contacts, options) =>
      call(options, (store) => verifyingOf(store).compare(stream, contacts, options)),
    compareRows: (stream, records, options) =>
      call(options, (store) => verifyingOf(store).compareRows(stream, records, options)),
    listStored: (stream, options) => call(options, (store) => verifyingOf(store).listStored(stream, options)),
    countStored: (stream, options) => call(options, (store) => verifyingOf(store).countStored(stream, options)),
    listOrphans: (options) => call(options, (store) => verifyingOf(store).listOrphans(options)),
    listRequests: (stream, options) => call(options, (store) => verifyingOf(store).listRequests(stream, options)),
  };
}

/** Forwards each call of {@link Reporting}. */
export function forwardingReporting(call: CallStore): Required<Reporting> {
  const reportingOf = ({ reporting }: StoreSink) => partOf(reporting);
  return {
    keepHeartbeat: (claim, heartbeat, options) =>
      call(options, (store) => reportingOf(store).keepHeartbeat(claim, heartbeat, options)),
    listStreams: (options) => call(options, (store) => reportingOf(store).listStreams(options)),
    describeStream: (stream, options) => call(options, (store) => reportingOf(store).describeStream(stream, options)),
    countRows: (options) => call(options, (store) => reportingOf(store).countRows(options)),
  };
}

/** Forwards each call of {@link Explaining}. */
export function forwardingExplaining(call: CallStore): Required<Explaining> {
  const explainingOf = ({ explaining }: StoreSink) => partOf(explaining);
  return {
    findRecords: (id, options) => call(options, (store) => explainingOf(store).findRecords(id, options)),
    describeContact: (stream, contactId, options) =>
      call(options, (store) => explainingOf(store).describeContact(stream, contactId, options)),
  };
}

/** Forwards each call of {@link Viewing}. */
export function forwardingViewing(call: CallStore): Required<Viewing> {
  const viewingOf = ({ viewing }: StoreSink) => partOf(viewing);
  return {
    describeViews: (request, options) => call(options, (store) => viewingOf(store).describeViews(request, options)),
    installViews: (request, options) => call(options, (store) => viewingOf(store).installViews(request, options)),
    dropViews: (options) => call(options, (store) => viewingOf(store).dropViews(options)),
  };
}

/** Forwards each call of {@link Summarising}. */
export function forwardingSummarising(call: CallStore): Required<Summarising> {
  const summarisingOf = ({ summarising }: StoreSink) => partOf(summarising);
  return {
    summarise: (request, options) => call(options, (store) => summarisingOf(store).summarise(request, options)),
  };
}
