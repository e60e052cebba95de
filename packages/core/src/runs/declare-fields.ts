import { TooLate, withDeadline } from '../concurrency/deadline.js';
import type { CallOptions, Field, SchemaChange, StoreSink } from '../contract/index.js';
import type { ReadingSession, SessionFrame, StoreSession } from './session.js';

/** The longest wait for the list of fields, at a start and at a listing. */
const PATIENCE_MS = { start: 10_000, listing: 60_000 } as const;

/**
 * The longest time that the store gets to make room, before it is claimed again. A call that hangs must not stop the
 * copy, and a large change of the schema must get its time: so it gets twice as long after each time that was too
 * short, if the store says that there is something to change.
 */
const FIRST_ROOM_MS = 5 * 60_000;
/** The upper bound. Timers hold no more than 24 days. */
const MOST_ROOM_MS = 24 * 3_600_000;
/** The time by store, over all its claims; a store that was in time is forgotten. */
const roomMs = new WeakMap<StoreSink, number>();

/**
 * Makes room in the store for the campaign's fields, while no write is under way. The store is called at each check,
 * also where the fields have not changed: a change that it could not make the last time is tried again (R35). Where the
 * list of fields cannot be had, the store goes on with its earlier fields, and values without a column go into
 * overflow. Only the first start of a copy waits for the list, since it has no fields yet. Deliveries need no list, and
 * do not wait: they would come late.
 */
export interface FieldWatch {
  check(session: ReadingSession): Promise<void>;
}

export function createFieldWatch(): FieldWatch {
  let declared: readonly Field[] | null = null;
  /** Fields without room that were reported, so that each is reported once. */
  const reported = new Set<string>();
  /** True where the list could not be had at the last check, and that was reported. */
  let isMissed = false;

  const declare = async (session: StoreSession, fields: readonly Field[]) => {
    const { storeGate, observe, stop } = session;
    const changes = await storeGate.runAlone(() => declareInTime(session, fields), stop);
    declared = fields;
    const news = changes.filter(
      (change) => (change.change !== 'overflow' && change.change !== 'unlink') || !reported.has(JSON.stringify(change)),
    );
    for (const change of news) reported.add(JSON.stringify(change));
    if (news.length > 0) observe({ type: 'schema', changes: news });
  };

  const tellMissed = (session: SessionFrame) => {
    if (isMissed) return;
    isMissed = true;
    const does = mustWait(session)
      ? 'The copy has no fields yet, so it waits for the list, and then copies what changes until then too.'
      : 'The copy continues with its present fields, and asks again at each listing.';
    const message = `The list of the campaign's fields (fields/list) cannot be fetched. ${does}`;
    session.observe({ type: 'notice', level: 'warn', code: 'FIELDS_UNKNOWN', message });
  };

  return {
    async check(session) {
      const isStart = declared === null;
      let fields = await listInTime(session, isStart ? PATIENCE_MS.start : PATIENCE_MS.listing);
      if (fields === null) tellMissed(session);
      if (fields === null && isStart && mustWait(session)) fields = await listFields(session, { signal: session.stop });
      if (fields !== null) isMissed = false;
      await declare(session, fields ?? declared ?? []);
    },
  };
}

/** Returns whether a start needs the list of fields: a new copy has no columns for them yet. */
function mustWait({ isNew, settings }: SessionFrame): boolean {
  return isNew && settings.delivery === null;
}

async function declareInTime(session: StoreSession, fields: readonly Field[]): Promise<readonly SchemaChange[]> {
  const { store, context, halt } = session;
  const learnedMs = roomMs.get(store);
  const isLong = learnedMs !== undefined && (await hasMuchToChange(session, fields));
  const limitMs = isLong ? learnedMs : FIRST_ROOM_MS;
  roomMs.set(store, Math.min(limitMs * 2, MOST_ROOM_MS));
  const work = (call: CallOptions) => store.declareFields(fields, call);
  const changes = await withDeadline(context.storeClock, limitMs, halt, work);
  roomMs.delete(store);
  return changes;
}

/**
 * True where the store has much to change. A field that finds no room is not much: the store has tried, and continues
 * without.
 */
async function hasMuchToChange({ store, context, halt }: StoreSession, fields: readonly Field[]): Promise<boolean> {
  const ask = (call: CallOptions) => store.declareFields(fields, { ...call, dryRun: true });
  const changes = await withDeadline(context.storeClock, FIRST_ROOM_MS, halt, ask);
  return changes.some(({ change }) => change !== 'overflow');
}

/** Returns the campaign's fields without those that rules leave out: none of them gets room. */
async function listFields({ api, settings }: ReadingSession, call: CallOptions): Promise<readonly Field[]> {
  const fields = await api.listFields(call);
  return settings.fields?.declared(fields) ?? fields;
}

/** Returns the fields, or null where the list did not come in this time. */
async function listInTime(session: ReadingSession, patienceMs: number): Promise<readonly Field[] | null> {
  const { context, stop } = session;
  try {
    return await withDeadline(context.clock, patienceMs, stop, (call) => listFields(session, call));
  } catch (error) {
    if (error instanceof TooLate) return null;
    throw error;
  }
}
