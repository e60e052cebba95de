import type {
  BacklogEvent,
  BehindEvent,
  BreakerEvent,
  BreakerState,
  CycleEvent,
  DeliveryStatus,
  RunEvent,
  RunSummary,
  StreamPart,
} from '@dbsync/core';
import type { SchemaChange } from '@dbsync/core/contract';
import type { LogLevel } from '../options/run-options.js';
import { formatCount, formatCounted, formatDuration, formatPart } from '../terminal/figures.js';

/** The line for operators about an event. */
export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
}

const LEVELS = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const;
const AWAITED = { api: 'API', store: 'database', endpoint: 'receiver' } as const;

const PARTS: Readonly<Record<StreamPart, string>> = {
  events: 'Events',
  listing: 'Listing',
  inbound: 'Inbound calls',
  backfill: 'Back-fill',
};

export interface LineOptions {
  /** True in a daemon: each cycle has one line, and its parts appear in detail only. */
  readonly daemon: boolean;
  /** True: names each change of the tables, as a log does; else the first few. */
  readonly whole?: boolean;
}

export function logLine(event: RunEvent, { daemon, whole = false }: LineOptions): LogLine {
  const detail = daemon ? 'debug' : 'info';
  switch (event.type) {
    case 'started':
      return line('notice', `${event.mode} of campaign ${event.campaign} into ${event.target} starts (${event.plan})`);
    case 'claimed':
      return line('debug', `Holds the campaign, epoch ${event.epoch}`);
    case 'standby':
      return line(
        'notice',
        `Another process holds the campaign (${event.holder}), so this one stands by; the lease ends in ${formatDuration(event.expiresInMs)}`,
      );
    case 'schema':
      return line(event.changes.length === 0 ? 'debug' : 'info', schemaText(event.changes, whole));
    case 'building':
      return line('info', `Building keys: ${event.what}, ${event.step} of ${event.of}`);
    case 'filling':
      return line('info', `Filling columns of ${event.what}: ${formatPart(event.done, event.of)} rows`);
    case 'survey':
      return line('debug', `${PARTS[event.part]}: ${surveyText(event)}`);
    case 'listed':
      return line(detail, `${PARTS[event.part]}: ${formatCounted(event.contacts, 'contact')} listed`);
    case 'progress':
      return line(
        'debug',
        `${PARTS[event.part]}: ${formatCount(event.done)} of ${event.of === null ? '?' : formatCount(event.of)}`,
      );
    case 'written':
      return line('debug', `Written: ${event.contactIds.join(', ')}`);
    case 'part-done':
      return line(
        detail,
        `${PARTS[event.part]}: done, ${formatCounted(event.contacts, 'contact')} in ${formatDuration(event.tookMs)}`,
      );
    case 'cycle':
      return line('info', cycleText(event));
    case 'waiting':
      return line(LEVELS[event.level], waitingText(event));
    case 'recovered':
      return line('notice', `The ${AWAITED[event.for]} is back after ${formatDuration(event.afterMs)}`);
    case 'behind':
      return line(LEVELS[event.level], behindText(event));
    case 'caught-up':
      return line('notice', `The copy is current again after ${formatDuration(event.afterMs)}`);
    case 'delivery':
      return line('debug', `Deliveries: ${endsText(event)}`);
    case 'backlog':
      return line('info', `Deliveries: ${endsText(event.ended)}; ${backlogText(event)}`);
    case 'breaker':
      return line('debug', breakerText(event));
    case 'dead-letter':
      return line('warning', `Set aside as a dead letter: ${whatIsDead(event)}: ${event.code}: ${event.reason}`);
    case 'notice':
      return line(LEVELS[event.level], `${event.code}: ${event.message}`);
    case 'stopping':
      return line('notice', `Stopping: ${event.reason}`);
    case 'stopped':
      return line('notice', summaryText(event.summary));
  }
}

const BREAKER: Readonly<Record<BreakerState, string>> = {
  closed: 'deliveries go out',
  unproven: 'the receiver has never accepted a delivery',
  down: 'the receiver is down',
  refusing: 'the receiver accepts nothing',
  gone: 'the receiver accepts no more deliveries',
};

function breakerText({ state, nextTryInMs }: BreakerEvent): string {
  return `Deliveries: ${BREAKER[state]}${nextTryInMs === null ? '' : `, next try in ${formatDuration(nextTryInMs)}`}`;
}

function line(level: LogLevel, text: string): LogLine {
  return { level, text };
}

function surveyText({ step, contacts, of }: Extract<RunEvent, { type: 'survey' }>): string {
  return `${formatCount(contacts)}${of === null ? '' : ` of ${formatCount(of)}`} contacts ${step}`;
}

function schemaText(changes: readonly SchemaChange[], whole: boolean): string {
  if (changes.length === 0) return 'Tables: nothing to change';
  const shown = changes.slice(0, whole ? changes.length : 5).map(changeText);
  const others = changes.length - shown.length;
  return `Tables: ${shown.join('; ')}${others === 0 ? '' : `; and ${formatCounted(others, 'other change')}`}`;
}

function changeText({ table, column, change, to }: SchemaChange): string {
  switch (change) {
    case 'create-table':
      return `${table} created`;
    case 'add':
      return `${table}.${column} added (${to})`;
    case 'widen':
      return `${table}.${column} widened (${to})`;
    case 'unlink':
      return `${table}.${column} no longer refers to ${to}`;
    case 'overflow':
      return `${table}.${column} kept in $overflow (${to})`;
  }
}

/** Names the dead record. Most reasons name the contact: once is enough. */
function whatIsDead({ kind, contactId, reason }: Extract<RunEvent, { type: 'dead-letter' }>): string {
  return contactId === null || reason.includes(contactId) ? kind : `${kind} of contact ${contactId}`;
}

function waitingText({ waitedMs, attempt, code, message, ...event }: Extract<RunEvent, { type: 'waiting' }>): string {
  const since = waitedMs < 1000 ? '' : ` for ${formatDuration(waitedMs)}, attempt ${attempt}`;
  return `Waiting for the ${AWAITED[event.for]}${since}: ${code}: ${message}`;
}

function behindText({ code, part, lagMs, allowedMs, trouble }: BehindEvent): string {
  const lag = formatDuration(lagMs);
  const what =
    part === 'listing' ? `No listing has been completed for ${lag}` : `${PARTS[part]} are ${lag} behind the campaign`;
  const why =
    trouble === null
      ? 'No error was reported: a request, a write or all the work together takes that long.'
      : `The last error was ${trouble.code}: ${trouble.message}`;
  return `${code}: ${what}, more than ${formatDuration(allowedMs)}; dbsync continues and catches up. ${why}`;
}

function endsText({ accepted, failed, postponed, dead }: BacklogEvent['ended']): string {
  const counts = [
    `${formatCount(accepted)} accepted`,
    failed > 0 && `${formatCount(failed)} to be tried again`,
    postponed > 0 && `${formatCount(postponed)} postponed`,
    dead > 0 && `${formatCount(dead)} given up`,
  ];
  return counts.filter((text) => text !== false).join(', ');
}

function backlogText({ messages, contacts, oldestMs }: BacklogEvent): string {
  if (oldestMs === null) return 'nothing waits';
  const whose = `${formatCounted(messages, 'message')} of ${formatCounted(contacts, 'contact')}`;
  return `${whose} waiting, the oldest for ${formatDuration(oldestMs)}`;
}

function cycleText({ contacts, inboundCalls, rows, tookMs, lagMs, onlySince, deliveries }: CycleEvent): string {
  const copied = [
    formatCounted(contacts, 'contact'),
    formatCounted(inboundCalls, 'inbound call'),
    formatCounted(rows, 'row'),
  ];
  const lag = lagMs === null ? 'catching up' : `lag ${formatDuration(lagMs)}`;
  const only =
    onlySince === undefined ? '' : `; the copy holds only changes since ${onlySince}: db_init copies the rest`;
  const sent = deliveries === undefined ? '' : `; ${deliveriesText(deliveries)}`;
  return `Cycle: ${copied.join(', ')} in ${formatDuration(tookMs)}, ${lag}${sent}${only}`;
}

const HINDERED = {
  down: 'has been down',
  refusing: 'has accepted nothing',
  gone: 'has accepted no more deliveries',
  unproven: 'has never accepted a delivery, tried',
} as const;

/** Writes the state of deliveries. */
export function deliveriesText(status: DeliveryStatus): string {
  switch (status.state) {
    case 'up':
      return 'deliveries go out';
    case 'paused':
      return `deliveries were paused by ${status.by} ${formatDuration(status.forMs)} ago`;
    default:
      return `the receiver ${HINDERED[status.state]} for ${formatDuration(status.forMs)}, next try in ${formatDuration(status.nextTryInMs)}`;
  }
}

function summaryText({ mode, tookMs, totals }: RunSummary): string {
  const rows = totals.rowsInserted + totals.rowsUpdated;
  return `${mode} ended after ${formatDuration(tookMs)}: ${formatCounted(totals.contactsWritten, 'contact')}, ${formatCounted(rows, 'row')} written, ${formatCounted(totals.deadLetters, 'dead letter')}`;
}
