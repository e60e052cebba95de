import { HOSTILE_TEXTS, HOSTILE_TIMES } from '../contact/hostile-values.js';
import { isoTime } from '../contact/iso-time.js';
import type { Json, JsonObject } from '../contact/json.js';
import { createRandom, mix, type Random } from '../contact/random.js';
import { TASKS } from '../contact/tasks.js';

/** The calls that came in on the campaign's lines, by the time at which they came. */
export interface InboundCalls {
  readonly count: number;
  /** Returns the call of that number as it was known then. */
  record(call: number, asOfMs: number): JsonObject;
  page(query: InboundQuery): { readonly calls: readonly JsonObject[]; readonly hasMore: boolean };
  /** Adds a call that is not over yet. */
  add(atMs: number): void;
  /** Ends the oldest call that is not over; false where there is none. */
  hangUp(atMs: number): boolean;
}

export interface InboundQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offset: number;
  readonly limit: number;
  readonly asOfMs: number;
}

export interface InboundCallsOptions {
  readonly seed: number;
  readonly campaign: string;
  /** The number of calls in the past. */
  readonly calls: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly hostileEvery: number;
  /** The contacts that may call. */
  readonly contactIds: { readonly count: number; idOf(index: number): string };
}

interface LiveCall {
  readonly atMs: number;
  hungUpMs: number;
}

export function createInboundCalls(options: InboundCallsOptions): InboundCalls {
  const { calls, startMs, endMs } = options;
  const seed = mix(options.seed, 6);
  const live: LiveCall[] = [];
  let nextToEnd = 0;

  const cameAt = (call: number) =>
    live[call - calls]?.atMs ?? Math.floor(startMs + ((endMs - startMs) / (calls + 1)) * call);

  const record = (call: number, asOfMs: number) => {
    const liveCall = live[call - calls];
    const random = createRandom(mix(seed, call));
    const fields = callRecord(options, cameAt(call), random);
    if (liveCall) endAt(fields, liveCall.hungUpMs <= asOfMs ? liveCall.hungUpMs : null);
    if (options.hostileEvery > 0 && (call + 1) % options.hostileEvery === 0) {
      makeHostile(fields, Math.floor(call / options.hostileEvery));
    }
    return fields;
  };

  /** Finds the first call that came at or after that instant. */
  const firstSince = (ms: number) => {
    let low = 0;
    let high = calls + live.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cameAt(middle) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get count() {
      return calls + live.length;
    },
    record,
    page: ({ fromMs, toMs, offset, limit, asOfMs }) => {
      const first = firstSince(fromMs) + offset;
      const end = firstSince(Math.min(toMs, asOfMs + 1));
      const last = Math.min(first + limit, end);
      const found: JsonObject[] = [];
      for (let call = first; call < last; call++) found.push(record(call, asOfMs));
      return { calls: found, hasMore: last < end };
    },
    add: (atMs) => void live.push({ atMs, hungUpMs: Number.POSITIVE_INFINITY }),
    hangUp: (atMs) => {
      const call = live[nextToEnd];
      if (!call) return false;
      call.hungUpMs = atMs;
      nextToEnd++;
      return true;
    },
  };
}

function callRecord({ campaign, contactIds }: InboundCallsOptions, cameMs: number, random: Random): JsonObject {
  const contact = contactIds.count > 0 && random.chance(0.8) ? contactIds.idOf(random.int(contactIds.count)) : null;
  const connected = random.chance(0.85);
  return {
    id: `in-${random.hex(24)}`,
    line_id: `line-${random.int(5)}`,
    campaign_id: campaign,
    task_id: TASKS.lead.id,
    task_name: TASKS.lead.name,
    contact_id: contact,
    calling_number: `+4930${1_000_000 + random.int(8_999_999)}`,
    called_number: `+493055500${10 + random.int(90)}`,
    call_time: isoTime(cameMs),
    connect_time: connected ? isoTime(cameMs + 5000) : null,
    hangup_time: isoTime(cameMs + 5000 + random.int(300_000)),
    user: connected ? `Agent ${1 + random.int(20)}` : null,
    state: connected ? 'connected' : 'missed',
    connectable_time: isoTime(cameMs + 1000),
    disposition: random.pick(['agent', 'voicebox', 'abandoned']),
    dispatch_error: random.pick([null, false, false, true]),
  };
}

function endAt(call: JsonObject, hungUpMs: number | null): void {
  call.hangup_time = hungUpMs === null ? null : isoTime(hungUpMs);
  call.state = hungUpMs === null ? 'ringing' : 'ended';
}

function makeHostile(call: JsonObject, number: number): void {
  const text = HOSTILE_TEXTS[number % HOSTILE_TEXTS.length] ?? null;
  const time: Json = HOSTILE_TIMES[number % HOSTILE_TIMES.length] ?? null;
  const withoutId: readonly Json[] = [null, '', 17, {}];
  if (number % 4 === 0) call.id = withoutId[(number / 4) % withoutId.length] ?? null;
  if (number % 4 === 1) Object.assign(call, { user: text, disposition: { is: text }, unheard_of: [text] });
  if (number % 4 === 2) Object.assign(call, { connect_time: time, hangup_time: time, connectable_time: time });
  if (number % 4 === 3) Object.assign(call, { contact_id: 'NOSUCHCONTACT000', line_number: 'mine', started: true });
}
