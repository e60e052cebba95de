import type { Campaign } from '../campaign/campaign.js';
import { parseFilter } from '../campaign/transaction-filter.js';
import { createRandom, mix, type Random } from '../contact/random.js';
import type { FaultPlan, Strikes } from '../faults/fault-plan.js';
import { type Cursors, createCursors } from './cursors.js';
import type { EndpointName } from './endpoint-name.js';
import { BadRequest, parseDay, parseIds, parseLimit, parseTime } from './query.js';

/** Returns the answer to an allowed request. Throws {@link BadRequest} for one that makes no sense. */
export type Endpoint = (request: EndpointRequest) => string;

export interface EndpointRequest {
  readonly query: URLSearchParams;
  readonly body: string;
  readonly strikes: Strikes;
  /** The instant whose state is answered. */
  readonly asOfMs: number;
}

export interface EndpointsOptions {
  readonly seed: number;
  readonly maxPageSize: number;
  readonly maxIds: number;
  /** The minutes by which the zone of `changedSince` is ahead of UTC. */
  readonly zoneMinutes: number;
  readonly faults: FaultPlan;
  /** Called for every body that goes out. */
  readonly onBody: () => void;
}

export function createEndpoints(campaign: Campaign, options: EndpointsOptions): Record<EndpointName, Endpoint> {
  const pages = createPages(options);
  const random = createRandom(mix(options.seed, 8));
  return {
    fields: () => fieldList(campaign),
    'contacts-list': (request) => contactsList(campaign, request, pages, options),
    contacts: (request) => bodies(campaign, request, options, random),
    transactions: (request) => transactions(campaign, request, pages),
    'inbound-calls': (request) => inboundCalls(campaign, request, pages),
  };
}

function fieldList({ fields }: Campaign): string {
  const listed = fields.map(({ name, type }) => ({
    type: 'field',
    fieldType: type,
    name,
    state: 'active',
    deleted: false,
  }));
  const others = [
    { type: 'group', name: 'Address', state: 'active', deleted: false },
    { type: 'field', fieldType: 'text', name: 'long_gone', state: 'active', deleted: true },
  ];
  return JSON.stringify([...others, ...listed]);
}

function contactsList(campaign: Campaign, request: EndpointRequest, pages: Pages, options: EndpointsOptions): string {
  const { contacts, listing } = campaign;
  const day = request.query.get('changedSince');
  const sinceMs = day === null ? Number.NEGATIVE_INFINITY : parseDay(day) - options.zoneMinutes * 60_000;
  const { limit, position } = pages.read(request);
  const offset = position?.offset ?? 0;
  const first = sinceMs === Number.NEGATIVE_INFINITY ? 0 : campaign.firstChangedSince(sinceMs);
  const page = listing.page({ first, sinceMs, offset, limit });
  const entries = page.contacts
    .filter((index) => contacts.exists(index, request.asOfMs))
    .map((index) => ({ id: contacts.idOf(index), md5: contacts.md5(index, contacts.revision(index, request.asOfMs)) }));
  return pages.write(request, entries, page.hasMore ? { offset: offset + limit } : null);
}

/** Returns bodies in an order of their own, each contact once, without those that are unknown or gone. */
function bodies(
  { contacts }: Campaign,
  request: EndpointRequest,
  { maxIds, faults, onBody }: EndpointsOptions,
  random: Random,
): string {
  const ids = new Set(parseIds(request.body));
  if (ids.size > maxIds) throw new BadRequest(413, `At most ${maxIds} ids a request.`);
  const missing = request.strikes.find('missing-ids');
  const withMd5 = request.query.get('include_md5') === 'true';
  const texts: string[] = [];
  for (const id of ids) {
    const index = contacts.find(id, request.asOfMs);
    if (index === undefined || (missing && random.chance(missing.share))) continue;
    const poison = faults.poisonOf(index, id);
    if (poison !== undefined) throw new BadRequest(poison, 'Internal error.');
    texts.push(contacts.text(index, contacts.revision(index, request.asOfMs), withMd5));
    onBody();
  }
  return `[${texts.reverse().join(',')}]`;
}

function transactions({ events }: Campaign, request: EndpointRequest, pages: Pages): string {
  const { query, asOfMs } = request;
  const filter = parseFilter(query);
  if (!filter) throw new BadRequest(400, 'Unknown filter.');
  const fromMs = parseTime(query.get('from') ?? '');
  const toMs = query.has('to') ? parseTime(query.get('to') ?? '') : Number.POSITIVE_INFINITY;
  const { limit, position } = pages.read(request);
  const eventPosition = position === null ? null : { ms: position.ms ?? 0, skip: position.skip ?? 0 };
  const page = events.page({ fromMs, toMs, filter, position: eventPosition, limit, asOfMs });
  return pages.write(request, page.lines, page.next && { ms: page.next.ms, skip: page.next.skip });
}

function inboundCalls({ inbound }: Campaign, request: EndpointRequest, pages: Pages): string {
  const { query, asOfMs } = request;
  const from = query.get('from') ?? '';
  const fromMs = from === '' ? Number.NEGATIVE_INFINITY : parseTime(from);
  const toMs = query.has('to') ? parseTime(query.get('to') ?? '') : Number.POSITIVE_INFINITY;
  const { limit, position } = pages.read(request);
  const offset = position?.offset ?? 0;
  const page = inbound.page({ fromMs, toMs, offset, limit, asOfMs });
  return pages.write(request, page.calls, page.hasMore ? { offset: offset + limit } : null);
}

type CursorPosition = Readonly<Record<string, number>>;

interface Pages {
  read(request: EndpointRequest): { readonly limit: number; readonly position: CursorPosition | null };
  write(request: EndpointRequest, results: readonly unknown[], next: CursorPosition | null): string;
}

/** Cuts answers into pages. The last page has an empty cursor or none, in turn. */
function createPages({ seed, maxPageSize }: EndpointsOptions): Pages {
  const cursors: Cursors = createCursors(seed);
  let ends = 0;
  const cursorOf = ({ query, strikes }: EndpointRequest, next: CursorPosition | null) => {
    if (next === null || strikes.find('lose-cursor')) return ends++ % 2 === 0 ? {} : { cursor: '' };
    const asked = query.get('cursor');
    const encoding = strikes.find('escape-cursor') ? 'base64' : 'base64url';
    return { cursor: strikes.find('repeat-cursor') && asked ? asked : cursors.encode(next, encoding) };
  };
  return {
    read: ({ query, strikes }) => {
      const limit = Math.min(parseLimit(query.get('limit')), maxPageSize);
      const cursor = query.get('cursor') ?? '';
      if (cursor === '') return { limit, position: null };
      const position = strikes.find('refuse-cursor') ? undefined : cursors.decode(cursor);
      if (position === undefined) throw new BadRequest(400, 'The cursor is not valid.');
      return { limit, position };
    },
    write(request, listed, next) {
      const stray = request.strikes.find('stray-entry');
      const results = stray ? [...listed, stray.entry] : listed;
      return JSON.stringify({ count: results.length, results, ...cursorOf(request, next) });
    },
  };
}
