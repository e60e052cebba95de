import type { Yield } from '../concurrency/yield.js';
import {
  actOfRequest,
  type Claim,
  type ContactVersion,
  type StoreLimits,
  type StoreSink,
  type Stream,
} from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import { type WriteSettings, writeBatch } from './commit/write-batch.js';
import { fatal } from './file/outbox-errors.js';
import { readText } from './file/stored-text.js';
import { createOutboxErasure } from './outbox-erasure.js';
import { checkOutbox } from './outbox-health.js';
import { createOutboxReporting } from './outbox-reporting.js';
import { isProof } from './rows/contact-versions.js';
import type { MessageTimes } from './rows/message-times.js';
import type { OutboxRows } from './rows/outbox-rows.js';
import { repairRows } from './rows/repaired-rows.js';
import type { StreamRow } from './rows/stream-row.js';
import { progressOf } from './rows/stream-row-check.js';
import { restedMs, type StreamRows, startOf } from './rows/stream-rows.js';

/**
 * One writer for the file. A commit of 250 contacts takes 65 ms of a core; no delivery is marked or settled meanwhile.
 */
const LIMITS: StoreLimits = { concurrentWrites: 1, batchContacts: 250, batchBytes: 4 * 1024 * 1024 };

/** A restart within this time does not count as downtime. */
const RESTED_MS = 60_000;

export interface StoreSettings extends WriteSettings {
  readonly file: string;
  /** The campaign to which the file belongs; null: the campaign that claims it. */
  readonly campaign: Stream | null;
  /** The target of the messages, origin and path; null: the command only reads. */
  readonly target: string | null;
  /** True if the recorded target has moved to this one. */
  readonly adoptTarget: boolean;
}

/**
 * Creates the side of an outbox that the pipeline uses: it takes contacts, and makes messages of their new
 * transactions.
 */
export function createOutboxStore(access: OutboxAccess, settings: StoreSettings): StoreSink {
  const { file, campaign, target, adoptTarget } = settings;
  return {
    kind: 'store',
    limits: LIMITS,
    open: (options) =>
      access.open(({ streams, targets }) => {
        if (campaign !== null) checkCampaign(streams, campaign, file);
        if (target !== null && !adoptTarget) targets.check(target);
      }, options),
    checkHealth: (options) => checkOutbox(access, settings, options),
    close: () => access.close(),
    declareFields: async () => [],

    claim: async (stream, plan, options) => {
      await access.look(options);
      const heldBy = await access.read(({ streams }) => {
        const row = streams.find(stream);
        return row ? streams.holderOf(row) : null;
      }, options);
      if (heldBy !== null && heldBy.holder !== options.takeOverFrom) return { granted: false, heldBy };
      return access.commit(({ db, streams, targets, times }) => {
        streams.ensure(stream);
        repairRows(db);
        const row = streams.ensure(stream);
        const holder = streams.holderOf(row);
        if (holder !== null && holder.holder !== options.takeOverFrom) return { granted: false, heldBy: holder };
        if (target !== null) {
          if (!adoptTarget) targets.check(target);
          targets.record(target);
        }
        correctTimes(times, row, settings.now());
        return { granted: true, claim: streams.grant(stream, plan, options) };
      }, options);
    },
    renew: (claim, options) => access.commit(({ streams }) => void streams.fence(claim), options),
    release: (claim, options) => access.commit(({ streams }) => streams.release(claim), options),

    readState: (stream, options) =>
      access.read(({ streams, contacts }) => {
        const row = streams.find(stream);
        const progress = row ? progressOf(row, () => contacts.provedStart(row.nr)) : null;
        return { progress, hasForeignRows: false, heldBy: row ? streams.holderOf(row) : null };
      }, options),
    readVersions: (claim, contactIds, options) =>
      access.read((rows, yieldNow) => readVersions(rows, claim, contactIds, yieldNow), options),
    write: (batch, claim, options) => writeBatch(access, settings, batch, claim, options),

    listDeadLetters: (stream, options) =>
      access.read(({ streams, deadLetters }) => {
        const row = streams.find(stream);
        return row ? deadLetters.list(row.nr, options.after ?? '', options.limit, options.maxBodyBytes) : [];
      }, options),
    postRequest: (stream, request, { by, ...options }) =>
      access.commit(({ db, streams, requests, audit }) => {
        repairRows(db);
        const { nr } = streams.ensure(stream);
        requests.post(nr, request);
        if (by !== undefined) audit.note(nr, actOfRequest(request), by, settings.now());
      }, options),
    takeRequests: (claim, options) =>
      access.read(({ streams, requests }) => requests.list(streams.held(claim).nr, options), options),
    erasure: createOutboxErasure(access, settings.now),
    reporting: createOutboxReporting(access),
  };
}

async function readVersions(
  { streams, contacts, deadLetters, forgotten }: OutboxRows,
  claim: Claim,
  contactIds: readonly string[],
  yieldNow: Yield,
): Promise<ReadonlyMap<string, ContactVersion>> {
  const versions = new Map<string, ContactVersion>();
  const stream = streams.find(claim.stream);
  if (stream === undefined) return versions;
  const proof = { plan: claim.plan, start: startOf(stream) };
  const mayBeRefused = deadLetters.hasRefusals(stream.nr);
  let isForgotten = forgotten.lookup();
  for (const id of contactIds) {
    const refused = mayBeRefused ? deadLetters.refusalOf(stream.nr, id) : null;
    const known = contacts.find(stream.nr, id);
    if (isForgotten(id)) versions.set(id, { md5: '', refused: false, forgotten: true });
    else if (refused !== null) versions.set(id, { md5: refused, refused: true });
    else if (known?.md5 != null && isProof(known, proof)) versions.set(id, { md5: known.md5, refused: false });
    const pause = yieldNow();
    if (pause) {
      await pause;
      isForgotten = forgotten.lookup();
    }
  }
  return versions;
}

/**
 * Corrects stored times at a claim. The time without a process does not count towards the time that a contact gets, but
 * pauses go on in it. If the clock was set back meanwhile, all instants move with it.
 */
function correctTimes(times: MessageTimes, row: StreamRow, nowMs: number): void {
  const rested = restedMs(row) ?? 0;
  if (Math.abs(rested) > RESTED_MS) times.move(row.nr, { retryMs: Math.min(0, rested), failingSinceMs: rested });
  times.pullBack(row.nr, nowMs);
}

/**
 * R28: refuses the file of another campaign. To begin in it would skip all events before now, and leave its messages
 * undelivered.
 */
function checkCampaign(streams: StreamRows, campaign: Stream, file: string): void {
  const [other] = streams.list();
  if (other === undefined || streams.find(campaign) !== undefined) return;
  throw fatal(
    'OUTBOX_OF_OTHER_CAMPAIGN',
    `State file ${file} belongs to campaign ${readText(other.stream)}, not to ${campaign}. Restore the right file, or ` +
      'name another folder with --state-dir.',
  );
}
