import { describe, expect, it } from 'vitest';
import { transactionSlots } from '../contact/contact-record.js';
import { type SimulatorOptions, withDefaults } from '../simulator-options.js';
import { ACTIVITY_MIX, createActivity } from './activity.js';
import { type Campaign, createCampaign } from './campaign.js';
import type { EventPosition } from './event-lines.js';
import { passes, type TransactionFilter } from './transaction-filter.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const EVERYTHING: TransactionFilter = { type: null, hi: false, tasks: [] };

function campaignOf(options: SimulatorOptions = {}) {
  let nowMs = NOW;
  const clock = { now: () => nowMs };
  const full = withDefaults({ contacts: 300, hostileEvery: 10, clock, ...options });
  const campaign = createCampaign(full);
  const activity = createActivity(campaign, { seed: full.seed, clock, mix: full.activityMix });
  return { campaign, activity, clock, advance: (ms: number) => (nowMs += ms) };
}

function lines(
  campaign: Campaign,
  fromMs: number,
  toMs: number,
  filter = EVERYTHING,
  limit = 50,
  asOfMs = NOW * 2,
): string[] {
  const all: string[] = [];
  let position: EventPosition | null = null;
  do {
    const page = campaign.events.page({ fromMs, toMs, filter, position, limit, asOfMs });
    expect(page.lines.length).toBeLessThanOrEqual(limit);
    all.push(...page.lines);
    expect(all.length).toBeLessThan(10_000);
    position = page.next;
  } while (position);
  return all;
}

describe('contacts', () => {
  it('are the same for the same seed, and others for another', () => {
    const texts = (seed: number) => {
      const { campaign, activity } = campaignOf({ seed });
      activity.step(200);
      const { contacts } = campaign;
      return Array.from({ length: contacts.count }, (_, index) =>
        contacts.text(index, contacts.revision(index, NOW), true),
      );
    };
    expect(texts(1)).toEqual(texts(1));
    expect(texts(1)[0]).not.toBe(texts(2)[0]);
  });

  it('change their md5 with every change, and have the same one again as of before', () => {
    const { campaign, activity, advance } = campaignOf({ contacts: 20 });
    const { contacts } = campaign;
    for (let round = 0; round < 100; round++) {
      advance(1000);
      const before = new Map(
        Array.from({ length: contacts.count }, (_, index) => [
          index,
          contacts.text(index, contacts.revision(index, NOW * 2), true),
        ]),
      );
      const [event] = activity.step(1);
      const index = event?.contactId ? contacts.find(event.contactId, NOW * 2) : undefined;
      if (index === undefined || event?.kind === 'new-contact') continue;
      const revision = contacts.revision(index, NOW * 2);
      expect(contacts.text(index, revision, true)).not.toBe(before.get(index));
      expect(contacts.md5(index, revision)).not.toBe(contacts.md5(index, revision - 1));
      expect(contacts.text(index, revision - 1, true)).toBe(before.get(index));
      expect(contacts.revision(index, NOW + round * 1000)).toBe(revision - 1);
    }
  });

  it('keep their md5 through changes that it ignores', () => {
    const { campaign, activity } = campaignOf({ md5IgnoresKinds: ['late-change'] });
    const [late] = activity.step(1, 'late-change');
    const [edit] = activity.step(1, 'edit');
    const { contacts } = campaign;
    const lateIndex = contacts.find(late?.contactId ?? '', NOW) ?? -1;
    const editIndex = contacts.find(edit?.contactId ?? '', NOW) ?? -1;
    expect(contacts.md5(lateIndex, 1)).toBe(contacts.md5(lateIndex, 0));
    expect(contacts.text(lateIndex, 1, false)).not.toBe(contacts.text(lateIndex, 0, false));
    expect(contacts.md5(editIndex, 1)).not.toBe(contacts.md5(editIndex, 0));
  });

  it('are about nine and a half rows each', () => {
    const { campaign } = campaignOf({ contacts: 2000, hostileEvery: 0 });
    let rows = 0;
    for (let index = 0; index < 2000; index++) {
      rows +=
        1 + (campaign.contacts.text(index, 0, false).match(/"sequence_nr":|"call_uuid":|"callnumber":/g) ?? []).length;
    }
    expect(rows / 2000).toBeGreaterThan(9);
    expect(rows / 2000).toBeLessThan(10);
  });

  it('of a million take no memory', () => {
    const before = process.memoryUsage().heapUsed;
    const { campaign } = campaignOf({ contacts: 1_000_000 });
    expect(campaign.contacts.text(999_998, 0, true)).toContain(campaign.contacts.idOf(999_998));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  });
});

describe('event lines', () => {
  /** Returns every transaction of every contact that should have a line. */
  function wanted({ contacts }: Campaign, fromMs: number, toMs: number, filter = EVERYTHING): string[] {
    const found: string[] = [];
    for (let index = 0; index < contacts.count; index++) {
      if (!contacts.exists(index, NOW * 2)) continue;
      for (const { record } of transactionSlots(contacts.record(index, contacts.revision(index, NOW * 2)))) {
        const ms = Date.parse(String(record.fired));
        if (ms >= fromMs && ms < toMs && passes(record, filter)) found.push(`${record.fired} ${contacts.idOf(index)}`);
      }
    }
    return found.toSorted();
  }
  const reported = (line: string) => line.replace(/^(.{24})\d{4}\|[0-9a-f]{32}\|([0-9A-Z]{16})\|\d+,\d+$/, '$1 $2');

  it.each([
    ['all', EVERYTHING],
    ['updates', { ...EVERYTHING, type: 'update' }],
    ['those of people', { ...EVERYTHING, type: 'update', hi: true }],
    ['those of tasks', { ...EVERYTHING, tasks: ['qc_', 'none_'] }],
  ])('tell of %s, in order, once each, whatever the pages', (_what, filter) => {
    const { campaign, activity, advance } = campaignOf({ activityMix: { ...ACTIVITY_MIX, 'relisted-change': 0 } });
    for (let round = 0; round < 300; round++) {
      advance(60_000);
      activity.step(2);
    }
    const past = NOW - 40 * 86_400_000;
    for (const [fromMs, toMs] of [
      [past, NOW * 2],
      [NOW - 9 * 86_400_000, NOW - 2 * 86_400_000],
      [NOW, NOW + 3_600_000],
    ] as const) {
      for (const limit of [1000, 13]) {
        const found = lines(campaign, fromMs, toMs, filter, limit);
        expect(found.map(reported).toSorted()).toEqual(wanted(campaign, fromMs, toMs, filter));
        expect(found.length).toBeGreaterThan(5);
        const times = found.map((line) => line.slice(0, 24));
        expect(times).toEqual(times.toSorted());
      }
    }
  });

  it('keep their place and change their md5 when the transaction changes late', () => {
    const { campaign, activity } = campaignOf();
    const before = lines(campaign, 0, NOW * 2);
    activity.step(20, 'late-change');
    const after = lines(campaign, 0, NOW * 2);
    expect(after.map((line) => line.split('|')[0])).toEqual(before.map((line) => line.split('|')[0]));
    expect(after.filter((line, index) => line !== before[index]).length).toBeGreaterThan(10);
  });

  it('go with their contact, so that what stands behind moves up by a line', () => {
    const { campaign } = campaignOf();
    const page = (position: EventPosition | null) =>
      campaign.events.page({ fromMs: 0, toMs: NOW, filter: EVERYTHING, position, limit: 3, asOfMs: NOW });
    const first = page(null);
    const second = page(first.next);
    const [, , id = ''] = first.lines[0]?.split('|') ?? [];
    const ofContact = [...first.lines, ...second.lines].filter((line) => line.includes(id)).length;
    campaign.contacts.delete(campaign.contacts.find(id, NOW) ?? -1, NOW);
    expect(page(first.next).lines).not.toContain(second.lines[0]);
    expect(page(null).lines).toContain([...first.lines, ...second.lines][ofContact + 1]);
    expect(lines(campaign, 0, NOW).some((line) => line.includes(id))).toBe(false);
  });
});

describe('inbound calls', () => {
  it('come in pages by their time, and end later', () => {
    const { campaign, activity, advance } = campaignOf();
    const page = (fromMs: number, offset: number, asOfMs = NOW * 2) =>
      campaign.inbound.page({ fromMs, toMs: NOW * 2, offset, limit: 10, asOfMs }).calls;
    expect(page(Number.NEGATIVE_INFINITY, 10)).toHaveLength(5);
    activity.step(3, 'inbound-call');
    expect(page(NOW, 0).map((call) => call.hangup_time)).toEqual([null, null, null]);
    advance(5000);
    activity.step(2, 'inbound-hangup');
    expect(page(NOW, 0).map((call) => call.hangup_time)).toEqual([
      '2026-03-01T12:00:05.000Z',
      '2026-03-01T12:00:05.000Z',
      null,
    ]);
    expect(page(NOW, 0, NOW).map((call) => call.hangup_time)).toEqual([null, null, null]);
    expect(page(NOW, 2)).toHaveLength(1);
  });

  it('are hostile too', () => {
    const { campaign } = campaignOf({ inboundCalls: 200 });
    const calls = Array.from({ length: 200 }, (_, call) => campaign.inbound.record(call, NOW));
    expect(calls.filter(({ id }) => typeof id !== 'string' || id === '').length).toBe(5);
    expect(calls.some(({ contact_id: contact }) => contact === 'NOSUCHCONTACT000')).toBe(true);
  });
});

describe('activity', () => {
  it('is of every kind, and always the same', () => {
    const run = () => campaignOf().activity.step(3000);
    const kinds = new Set(run().map(({ kind }) => kind));
    expect(kinds.size).toBe(13);
    expect(run()).toEqual(run());
  });

  it('makes fields that contacts have', () => {
    const { campaign, activity } = campaignOf();
    const before = campaign.fields.length;
    const [event] = activity.step(1, 'new-field');
    const field = campaign.fields[before];
    const index = campaign.contacts.find(event?.contactId ?? '', NOW) ?? -1;
    expect(campaign.contacts.record(index, 1)).toHaveProperty(field?.name ?? '');
  });

  it('starts a campaign of nothing', () => {
    const { campaign, activity } = campaignOf({ contacts: 0 });
    const wanted = ['new-contact', ...new Array(4).fill('late-change')];
    expect(activity.step(5, 'late-change').map(({ kind }) => kind)).toEqual(wanted);
    expect(campaign.contacts.count).toBe(1);
  });

  it('goes by itself until it is stopped', async () => {
    const { campaign, activity } = campaignOf();
    const changed = new Promise<void>((resolve) => {
      const { change } = campaign.contacts;
      Object.assign(campaign.contacts, {
        change: (...args: Parameters<typeof change>) => {
          change(...args);
          resolve();
        },
      });
    });
    activity.start(500);
    await changed;
    activity.stop();
  });
});
