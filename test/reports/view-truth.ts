import type { TruthRow } from '@dbsync/simulator';
import { truthLines } from '../harness/compare/truth-source.ts';
import { byId, least, localTime, msOf, number, order, rounded, seconds, text, time } from './truth-cells.ts';

/** The rows that the views must show, computed from the simulated campaign without a database. */
export interface ViewTruth {
  readonly calls: readonly Cells[];
  readonly inbound: readonly Cells[];
  readonly transactions: readonly Cells[];
  readonly agents_by_hour: readonly Cells[];
  readonly contacts_now: readonly Cells[];
}

/** Cells by column: texts, numbers, and times as `2026-03-29 01:00:00.000`. */
export type Cells = Readonly<Record<string, string | number | null>>;

type Row = TruthRow;

/** Reads the campaign at this address, and returns the rows of the views with local times of this zone. */
export async function viewTruth(address: string, timeZone: string): Promise<ViewTruth> {
  const campaign = await readCampaign(address, timeZone);
  const calls = callRows(campaign);
  return {
    calls,
    inbound: inboundRows(campaign),
    transactions: transactionRows(campaign),
    agents_by_hour: agentHours(campaign, calls),
    contacts_now: contactRows(campaign),
  };
}

interface Campaign extends Readonly<Record<Row['table'], readonly Row[]>> {
  readonly contactOf: (id: string | null) => Row | undefined;
  readonly local: (time: string | null) => string | null;
}

async function readCampaign(address: string, timeZone: string): Promise<Campaign> {
  const rows: Record<Row['table'], Row[]> = {
    contacts: [],
    transactions: [],
    connections: [],
    recordings: [],
    inbound_calls: [],
  };
  for await (const line of truthLines(address)) {
    if (line.table !== 'dead_letters' && !line.gone) rows[line.table].push(line);
  }
  const contacts = byId(rows.contacts);
  return {
    ...rows,
    contactOf: (id) => contacts.get(id ?? ''),
    local: (at) => (at === null ? null : localTime(at, timeZone)),
  };
}

function callRows({ connections, transactions, recordings, contactOf, local }: Campaign) {
  const stepOf = byId(transactions);
  const firsts = new Map<string, string>();
  for (const { id, derived } of connections) {
    const step = derived.transaction_id ?? '';
    if (id < (firsts.get(step) ?? '\uffff')) firsts.set(step, id);
  }
  return connections.map((call) => {
    const step = stepOf.get(call.derived.transaction_id ?? '');
    const contact = contactOf(call.contactId);
    const started = time(call, 'started') ?? time(call, 'fired');
    // The times of a transaction stand with the first of its calls.
    const timed = firsts.get(call.derived.transaction_id ?? '') === call.id ? step : undefined;
    const recorded = recordings.filter(({ derived }) => derived.connection_id === call.id);
    return {
      call_id: call.id,
      parent_call_id: call.derived.parent_connection_id ?? null,
      transaction_id: call.derived.transaction_id ?? null,
      contact_id: call.contactId,
      campaign_id: text(contact, '$campaign_id'),
      task: text(step, 'task'),
      agent: text(call, 'user') ?? text(step, 'user'),
      agent_login: text(step, 'user_loginName'),
      agent_branch: text(step, 'user_branch'),
      remote_number: text(call, 'remote_number') ?? text(call, 'phone'),
      line_number: text(call, 'line_number'),
      technology: text(call, 'technology'),
      started_at: started,
      started_local: local(started),
      started_day: local(started)?.slice(0, 10) ?? null,
      started_hour: started === null ? null : Number(local(started)?.slice(11, 13)),
      connected_at: time(call, 'connected'),
      ended_at: time(call, 'disconnected'),
      ring_sec: seconds(time(call, 'started'), time(call, 'connected')),
      talk_sec: seconds(time(call, 'connected'), time(call, 'disconnected')),
      wait_sec: number(timed, 'wait_time_sec'),
      edit_sec: number(timed, 'edit_time_sec'),
      pause_sec: number(timed, 'pause_time_sec'),
      wrapup_sec: number(timed, 'wrapup_time_sec'),
      call_result: text(call, 'result'),
      outcome: text(step, 'status'),
      outcome_detail: text(step, 'status_detail'),
      hangup_party: text(call, 'hangup_party'),
      recordings: recorded.length,
      recording: least(recorded.map((recording) => text(recording, 'filename'))),
      recording_url: least(recorded.map((recording) => text(recording, 'location'))),
      contact_phone: text(contact, '$phone'),
      contact_status: text(contact, '$status'),
      contact_ref: text(contact, '$ref'),
    };
  });
}

function inboundRows({ inbound_calls, contactOf, local }: Campaign): readonly Cells[] {
  return inbound_calls.map((call) => {
    const started = time(call, 'call_time');
    const [connected, ended] = [time(call, 'connect_time'), time(call, 'hangup_time')];
    const contact = contactOf(text(call, 'contact_id'));
    return {
      call_id: call.id,
      contact_id: text(call, 'contact_id'),
      campaign_id: text(call, 'campaign_id'),
      task: text(call, 'task_name'),
      agent: text(call, 'user'),
      remote_number: text(call, 'calling_number'),
      line_number: text(call, 'called_number'),
      started_at: started,
      started_local: local(started),
      started_day: local(started)?.slice(0, 10) ?? null,
      started_hour: started === null ? null : Number(local(started)?.slice(11, 13)),
      connected_at: connected,
      ended_at: ended,
      wait_sec: seconds(started, connected ?? ended),
      talk_sec: seconds(connected, ended),
      answered: connected === null ? 0 : 1,
      state: text(call, 'state'),
      disposition: text(call, 'disposition'),
      contact_phone: text(contact, '$phone'),
      contact_status: text(contact, '$status'),
    };
  });
}

function transactionRows({ transactions, contactOf, local }: Campaign): readonly Cells[] {
  return transactions.map((step) => {
    const contact = contactOf(step.contactId);
    const fired = time(step, 'fired');
    return {
      transaction_id: step.id,
      contact_id: step.contactId,
      campaign_id: text(contact, '$campaign_id'),
      task: text(step, 'task'),
      agent: text(step, 'user'),
      agent_login: text(step, 'user_loginName'),
      agent_branch: text(step, 'user_branch'),
      fired_at: fired,
      fired_local: local(fired),
      fired_day: local(fired)?.slice(0, 10) ?? null,
      fired_hour: fired === null ? null : Number(local(fired)?.slice(11, 13)),
      wait_sec: number(step, 'wait_time_sec'),
      edit_sec: number(step, 'edit_time_sec'),
      pause_sec: number(step, 'pause_time_sec'),
      wrapup_sec: number(step, 'wrapup_time_sec'),
      type: text(step, 'type'),
      outcome: text(step, 'status'),
      outcome_detail: text(step, 'status_detail'),
      contact_phone: text(contact, '$phone'),
      contact_status: text(contact, '$status'),
      contact_ref: text(contact, '$ref'),
    };
  });
}

function agentHours(
  { transactions, contactOf, local }: Campaign,
  calls: ReturnType<typeof callRows>,
): readonly Cells[] {
  const hours = new Map<string, Record<string, string | number | null>>();
  const add = (
    agent: string | null,
    contactId: string | null,
    at: string | null,
    sums: Readonly<Record<string, number | null>>,
  ) => {
    if (agent === null) return;
    const hour = `${local(at)?.slice(0, 13)}:00:00.000`;
    const campaign = text(contactOf(contactId), '$campaign_id');
    const key = JSON.stringify([agent, campaign, hour]);
    const found = hours.get(key) ?? { agent, campaign_id: campaign, hour_local: hour, ...ZERO };
    for (const [name, value] of Object.entries(sums)) found[name] = rounded(Number(found[name]) + (value ?? 0));
    hours.set(key, found);
  };
  for (const step of transactions) {
    add(text(step, 'user'), step.contactId, time(step, 'fired'), {
      transactions: 1,
      successes: text(step, 'status') === 'success' ? 1 : 0,
      wait_sec: number(step, 'wait_time_sec'),
      edit_sec: number(step, 'edit_time_sec'),
      pause_sec: number(step, 'pause_time_sec'),
      wrapup_sec: number(step, 'wrapup_time_sec'),
    });
  }
  for (const { agent, contact_id, started_at, connected_at, talk_sec } of calls) {
    add(agent, contact_id, started_at, { calls: 1, answered_calls: connected_at === null ? 0 : 1, talk_sec });
  }
  return [...hours.values()];
}

function contactRows({ contacts, transactions, connections, local }: Campaign): readonly Cells[] {
  return contacts.map((contact) => {
    const own = transactions.filter(({ contactId }) => contactId === contact.id);
    const last = own.toSorted((a, b) => order(a).localeCompare(order(b))).at(-1);
    const attempts = connections.filter(
      (call) => call.contactId === contact.id && (call.derived.parent_connection_id ?? null) === null,
    );
    const touched = time(last, 'fired') ?? time(contact, '$entry_date') ?? time(contact, '$created_date');
    return {
      contact_id: contact.id,
      campaign_id: text(contact, '$campaign_id'),
      ref: text(contact, '$ref'),
      phone: text(contact, '$phone'),
      owner: text(contact, '$owner'),
      task: text(contact, '$task'),
      status: text(contact, '$status'),
      status_detail: text(contact, '$status_detail'),
      created_at: time(contact, '$created_date'),
      transactions: own.length,
      attempts: attempts.length,
      last_at: time(last, 'fired'),
      last_local: local(time(last, 'fired')),
      last_agent: text(last, 'user'),
      last_outcome: text(last, 'status'),
      last_outcome_detail: text(last, 'status_detail'),
      next_follow_up_at: time(contact, '$follow_up_date'),
      next_follow_up_local: local(time(contact, '$follow_up_date')),
      deleted_at: null,
      days_untouched: touched === null ? null : Math.floor((Date.now() - msOf(touched)) / 86_400_000),
    };
  });
}

const ZERO = {
  ...{ transactions: 0, successes: 0, calls: 0, answered_calls: 0 },
  ...{ talk_sec: 0, wait_sec: 0, edit_sec: 0, pause_sec: 0, wrapup_sec: 0 },
};
