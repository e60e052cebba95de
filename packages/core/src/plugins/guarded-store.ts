import {
  type Batch,
  type BulkLoading,
  type ClaimOptions,
  type Erasure,
  type Explaining,
  type Filling,
  type Indexing,
  type Mirroring,
  type Reporting,
  requestFault,
  SinkError,
  type StoreSink,
  type Summarising,
  type Verifying,
  type Viewing,
} from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { GatedCall } from './call-gate.js';
import { createGuardedCalls, type GuardedCalls } from './guarded-calls.js';
import { type AllMembers, onlyMembersOf, partOf } from './wrapped-store.js';

/**
 * Wraps the sink for core, and keeps the promises that the contract makes to the sink's author. Calls come in the
 * contract's order, calls that exclude each other run one after the other, batches stay within `limits.batchContacts`,
 * and no record is in two writes at a time.
 *
 * To core it promises:
 * - Every call ends soon after its abort, even if the sink hangs.
 * - Every error is a SinkError, or a DbsyncError `SINK_MISUSED` if core itself broke the order.
 * - `close` ends the calls under way first, and is passed on once.
 */
export function guardStore(sink: StoreSink): StoreSink {
  const { limits } = sink;
  const calls = createGuardedCalls(limits.concurrentWrites);
  let fieldsDeclared = false;
  const all: AllMembers = {
    kind: 'store',
    limits,
    connections: sink.connections,
    open: (options) => calls.open(options, (o) => sink.open(o)),
    close: () => calls.close(() => sink.close()),
    checkHealth: (options) => calls.run('checkHealth', OTHER, options, (o) => sink.checkHealth(o)),
    declareFields: async (fields, options) => {
      const changes = await calls.run('declareFields', SCHEMA, options, (o) => sink.declareFields(fields, o));
      fieldsDeclared ||= options.dryRun !== true;
      return changes;
    },
    planChanges: (fields, options) =>
      calls.run('planChanges', OTHER, options, (o) => partOf(sink.planChanges).call(sink, fields, o)),
    claim: (stream, plan, options) =>
      calls.run('claim', OTHER, options, (o) => sink.claim(stream, plan, withFormerName(o))),
    renew: (claim, options) => calls.run('renew', OTHER, options, (o) => sink.renew(claim, o)),
    release: (claim, options) => calls.run('release', OTHER, options, (o) => sink.release(claim, o)),
    readState: (stream, options) => calls.run('readState', OTHER, options, (o) => sink.readState(stream, o)),
    readVersions: (claim, ids, options) =>
      calls.run('readVersions', VERSIONS, options, (o) => sink.readVersions(claim, ids, o)),
    write: async (batch, claim, options) => {
      if (!fieldsDeclared) throw misused('write was called before declareFields');
      if (batch.contacts.length > limits.batchContacts) throw misused('write was called with too many contacts');
      return calls.run('write', writeOf(batch), options, (o) => sink.write(batch, claim, o));
    },
    listDeadLetters: (stream, options) =>
      calls.run('listDeadLetters', OTHER, options, (o) => sink.listDeadLetters(stream, o)),
    postRequest: async (stream, request, options) => {
      const fault = requestFault(request);
      if (fault !== null) throw new DbsyncError('REQUEST_UNFIT', `The request cannot be posted: ${fault}.`);
      return calls.run('postRequest', OTHER, options, (o) => sink.postRequest(stream, request, o));
    },
    takeRequests: (claim, options) => calls.run('takeRequests', OTHER, options, (o) => sink.takeRequests(claim, o)),
    readContacts: (stream, options) =>
      calls.run('readContacts', OTHER, options, async (o) => (await sink.readContacts?.(stream, o)) ?? []),
    bulk: guardBulk(() => partOf(sink.bulk), calls),
    indexing: guardIndexing(() => partOf(sink.indexing), calls),
    filling: guardFilling(() => partOf(sink.filling), calls),
    erasure: guardErasure(() => partOf(sink.erasure), calls),
    mirroring: guardMirroring(() => partOf(sink.mirroring), calls),
    verifying: guardVerifying(() => partOf(sink.verifying), calls),
    reporting: guardReporting(() => partOf(sink.reporting), calls),
    explaining: guardExplaining(() => partOf(sink.explaining), calls),
    viewing: guardViewing(() => partOf(sink.viewing), calls),
    summarising: guardSummarising(() => partOf(sink.summarising), calls),
  };
  return onlyMembersOf(sink, all);
}

/** Adds the former name of `takeOverFrom`, which sinks may still read. */
function withFormerName({ takeOverFrom, ...options }: ClaimOptions): ClaimOptions {
  return takeOverFrom === undefined ? options : { ...options, takeOverFrom, supersede: takeOverFrom };
}

/** Changes tables while no write is under way, as `declareFields` does. */
function guardBulk(bulk: () => BulkLoading, calls: GuardedCalls): Required<BulkLoading> {
  return {
    begin: (claim, options) => calls.run('bulk.begin', SCHEMA, options, (o) => bulk().begin(claim, o)),
    finish: (claim, options) => calls.run('bulk.finish', SCHEMA, options, (o) => bulk().finish(claim, o)),
  };
}

/** Builds beside all other calls: a build may take hours. */
function guardIndexing(indexing: () => Indexing, calls: GuardedCalls): Required<Indexing> {
  return {
    buildIndexes: (options) => calls.run('buildIndexes', OTHER, options, (o) => indexing().buildIndexes(o)),
  };
}

function guardFilling(filling: () => Filling, calls: GuardedCalls): Required<Filling> {
  return { fill: (claim, options) => calls.run('fill', OTHER, options, (o) => filling().fill(claim, o)) };
}

/**
 * Erases while no write of this sink is under way. The contract also allows these calls beside writes; kept apart, fewer
 * transactions conflict.
 */
function guardErasure(erasure: () => Erasure, calls: GuardedCalls): Required<Erasure> {
  return {
    forget: (ids, options) => calls.run('forget', SCHEMA, options, (o) => erasure().forget(ids, o)),
    remember: (ids, options) => calls.run('remember', SCHEMA, options, (o) => erasure().remember(ids, o)),
    readForgotten: (ids, options) => calls.run('readForgotten', OTHER, options, (o) => erasure().readForgotten(ids, o)),
  };
}

/**
 * Returns the part with a member that sinks of an earlier release lack.
 *
 * @throws SinkError `SINK_OUTDATED`
 */
function withMember<Part>(part: Part, name: keyof Part & string): Part {
  if (part[name] !== undefined) return part;
  throw new SinkError('SINK_OUTDATED', `The sink was made for an earlier dbsync: it has no ${name}.`, {
    verdict: 'refused',
    outcome: 'not-committed',
  });
}

/** Core marks or removes a contact while it holds the contact's lane, so no write of the same contact is under way. */
function guardMirroring(mirroring: () => Mirroring, calls: GuardedCalls): Required<Mirroring> {
  return {
    listHeld: (claim, options) => calls.run('listHeld', OTHER, options, (o) => mirroring().listHeld(claim, o)),
    keepNotes: (claim, notes, options) =>
      calls.run('keepNotes', OTHER, options, (o) => mirroring().keepNotes(claim, notes, o)),
    mark: (claim, marks, options) =>
      calls.run('mark', SCHEMA, options, (o) => withMember(mirroring(), 'mark').mark(claim, marks, o)),
    remove: (claim, contacts, options) =>
      calls.run('remove', SCHEMA, options, (o) => mirroring().remove(claim, contacts, o)),
    removeOrphans: (claim, contactIds, options) =>
      calls.run('removeOrphans', SCHEMA, options, (o) =>
        withMember(mirroring(), 'removeOrphans').removeOrphans(claim, contactIds, o),
      ),
  };
}

function guardVerifying(verifying: () => Verifying, calls: GuardedCalls): Required<Verifying> {
  return {
    compare: (stream, contacts, options) =>
      calls.run('compare', VERSIONS, options, (o) => verifying().compare(stream, contacts, o)),
    compareRows: (stream, records, options) =>
      calls.run('compareRows', VERSIONS, options, (o) =>
        withMember(verifying(), 'compareRows').compareRows(stream, records, o),
      ),
    listStored: (stream, options) => calls.run('listStored', OTHER, options, (o) => verifying().listStored(stream, o)),
    countStored: (stream, options) =>
      calls.run('countStored', OTHER, options, (o) => verifying().countStored(stream, o)),
    listOrphans: (options) => calls.run('listOrphans', OTHER, options, (o) => verifying().listOrphans(o)),
    listRequests: (stream, options) =>
      calls.run('listRequests', OTHER, options, (o) => verifying().listRequests(stream, o)),
  };
}

function guardReporting(reporting: () => Reporting, calls: GuardedCalls): Required<Reporting> {
  return {
    keepHeartbeat: (claim, heartbeat, options) =>
      calls.run('keepHeartbeat', OTHER, options, (o) => reporting().keepHeartbeat(claim, heartbeat, o)),
    listStreams: (options) => calls.run('listStreams', OTHER, options, (o) => reporting().listStreams(o)),
    describeStream: (stream, options) =>
      calls.run('describeStream', OTHER, options, (o) => reporting().describeStream(stream, o)),
    countRows: (options) => calls.run('countRows', OTHER, options, (o) => reporting().countRows(o)),
  };
}

function guardExplaining(explaining: () => Explaining, calls: GuardedCalls): Required<Explaining> {
  return {
    findRecords: (id, options) => calls.run('findRecords', OTHER, options, (o) => explaining().findRecords(id, o)),
    describeContact: (stream, contactId, options) =>
      calls.run('describeContact', OTHER, options, (o) => explaining().describeContact(stream, contactId, o)),
  };
}

/** Makes views while no write is under way, so that none waits for the lock of a table that a view is made of. */
function guardViewing(viewing: () => Viewing, calls: GuardedCalls): Required<Viewing> {
  return {
    describeViews: (request, options) =>
      calls.run('describeViews', OTHER, options, (o) => viewing().describeViews(request, o)),
    installViews: (request, options) =>
      calls.run('installViews', SCHEMA, options, (o) => viewing().installViews(request, o)),
    dropViews: (options) => calls.run('dropViews', SCHEMA, options, (o) => viewing().dropViews(o)),
  };
}

function guardSummarising(summarising: () => Summarising, calls: GuardedCalls): Required<Summarising> {
  return {
    summarise: (request, options) => calls.run('summarise', OTHER, options, (o) => summarising().summarise(request, o)),
  };
}

const OTHER: GatedCall = { kind: 'other' };
const SCHEMA: GatedCall = { kind: 'schema' };
const VERSIONS: GatedCall = { kind: 'versions' };

function writeOf({ contacts, inboundCalls }: Batch): GatedCall {
  const contactIds = contacts.map(({ contactId }) => `contact ${contactId}`);
  return { kind: 'write', records: new Set([...contactIds, ...inboundCalls.map(({ id }) => `call ${id}`)]) };
}

function misused(what: string): DbsyncError {
  return new DbsyncError('SINK_MISUSED', `${what}.`);
}
