import { validateHeaderValue } from 'node:http';
import type { RunMode, SharedConnections, TransactionFilter } from '@dbsync/core';
import { CliError } from '../cli-error.js';
import type { LogRetention } from '../reporting/old-logs.js';
import { type AlertOptions, alertOptions } from './alert-options.js';
import { type CheckedValues, checkedValues } from './checked-values.js';
import { type OptionValues, spelledOut } from './command-option.js';
import { parseDuration } from './duration.js';
import { type FieldOptions, fieldOptions } from './field-options.js';
import { parseFilterPrefixes } from './filter-prefixes.js';
import { parseKeepLogs } from './keep-logs.js';
import { type MetricsOptions, metricsOptions, metricsRemarks } from './metrics-options.js';
import { mirrorDeletions, mirrorRemarks } from './mirror-options.js';
import { optionList } from './option-list.js';
import { type KeepOptions, keepOptions, type OutboxOptions, outboxOptions } from './outbox-options.js';
import { sharedConnections } from './shared-connections.js';
import { parseSince } from './since.js';
import { type TargetOptions, targetOptions } from './target-options.js';

const DAY_MS = 86_400_000;

/** The options of a run, checked. */
export interface RunOptions {
  readonly mode: RunMode;
  readonly campaign: string;
  readonly token: string;
  readonly apiUrl: string;
  /** The file of the authorities that may sign the API's certificate; null: the usual ones. */
  readonly apiCa: string | null;
  readonly since: string | null;
  readonly again: boolean;
  readonly filter: TransactionFilter;
  readonly fieldSelection: FieldOptions;
  readonly intervalMs: number;
  readonly requestConcurrency: number;
  /** For all campaigns of `--config` together. */
  readonly sharedRequests: number;
  /** The connections to one database that are shared, for all campaigns of `--config` together. null: each campaign has its own. */
  readonly sharedConnections: SharedConnections | null;
  readonly contactsPerRequest: number | null;
  readonly leaseMs: number;
  /** The time for which dead letters are kept; null: until they are settled. */
  readonly keepDeadLettersMs: number | null;
  /** For db_sync only. */
  readonly mirrorDeletions: boolean;
  readonly target: TargetOptions;
  readonly webhook: WebhookOptions;
  readonly log: LogOptions;
  /** null: nothing listens. */
  readonly metrics: MetricsOptions | null;
  readonly alerts: AlertOptions;
  readonly json: boolean;
  /** Remarks for an administrator about given options that do nothing. */
  readonly remarks: readonly string[];
}

/** The pace of deliveries, and the place of their outbox. */
export interface WebhookOptions extends OutboxOptions, KeepOptions {
  /** Requests a second, on average. */
  readonly rate: number;
  readonly burst: number;
  readonly concurrency: number;
  /** The option as given; null: the default. */
  readonly backoff: string | null;
  readonly adoptUrl: boolean;
  readonly newState: boolean;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** null: the usual places. */
  readonly directory: string | null;
  /** Permissions of the file. */
  readonly fileMode: number;
  readonly retention: LogRetention;
  /** True: also to the console. */
  readonly console: boolean;
}

export const logLevels = ['critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Options that no sink takes. */
const WEBHOOK_ONLY = [
  'webhook-rate',
  'webhook-burst',
  'webhook-concurrency',
  'webhook-backoff',
  'webhook-keep-accepted',
  'webhook-keep-attempts',
  'state-dir',
  'stream',
  'adopt-url',
  'new-state',
] as const;

const MODES: Readonly<Record<RunMode, true>> = { db_init: true, db_update: true, db_sync: true, webhook: true };

export function runOptions(values: OptionValues): RunOptions {
  const checked = checkedValues(values);
  checked.require(['mode', 'campaign', 'token', 'url']);
  return {
    mode: mode(checked),
    campaign: checked.required('campaign'),
    token: token(checked),
    apiUrl: apiUrl(checked.text('api-url') ?? 'https://api.dialfire.com'),
    apiCa: checked.text('api-ca'),
    since: since(checked.text('since')),
    again: checked.flag('again') && checked.text('mode') === 'db_init',
    filter: filter(checked),
    fieldSelection: fieldOptions(checked),
    intervalMs: 1000 * (checked.number('interval') ?? 60),
    requestConcurrency: checked.number('request-concurrency') ?? 32,
    sharedRequests: checked.number('shared-requests') ?? 64,
    sharedConnections: sharedConnections(checked),
    contactsPerRequest: checked.number('contacts-per-request'),
    leaseMs: 1000 * (checked.number('lease') ?? 30),
    keepDeadLettersMs: keepDeadLetters(checked),
    mirrorDeletions: mirrorDeletions(checked),
    target: targetOptions(values),
    webhook: webhookOptions(checked),
    log: logOptions(checked),
    metrics: metricsOptions(checked),
    alerts: alertOptions(checked),
    json: checked.flag('json'),
    remarks: remarks(checked),
  };
}

/** Reads the option. A time of zero is refused: a dead letter would go before an operator could read it. */
function keepDeadLetters(checked: CheckedValues): number | null {
  const text = checked.text('keep-dead-letters');
  if (text === null || text === 'all') return null;
  const durationMs = parseDuration(text);
  if (durationMs !== null && durationMs > 0) return durationMs;
  throw new CliError('CLI_OPTION_VALUE', '--keep-dead-letters takes a number with m, h or d, such as 90d, or all.');
}

function mode(checked: CheckedValues): RunMode {
  const given = checked.required('mode');
  if (isMode(given)) return given;
  throw new CliError('CLI_OPTION_VALUE', `--mode (--a) takes one of: ${Object.keys(MODES).join(', ')}.`);
}

function isMode(text: string): text is RunMode {
  return Object.hasOwn(MODES, text);
}

/** Reads the token. It goes into a header of each request. */
function token(checked: CheckedValues): string {
  const text = checked.required('token');
  try {
    validateHeaderValue('authorization', text);
    return text;
  } catch {
    const where = checked.isGiven('token-file') ? 'The file of --token-file' : spelledOut('token', optionList);
    throw new CliError('CLI_OPTION_VALUE', `${where} holds a character that no header can have.`);
  }
}

function apiUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new CliError('CLI_OPTION_VALUE', '--api-url takes an address such as https://api.dialfire.com.');
  }
  return text.replace(/\/+$/, '');
}

/** Reads `--since`. Up to a day ahead is accepted: it may be another time zone, or a slow clock. */
function since(text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  const instant = parseSince(text.trim());
  if (instant === null) {
    throw new CliError('CLI_OPTION_VALUE', '--since (--s) takes 2024-01-31 or 2024-01-31T12:00:00, in UTC.');
  }
  if (Date.parse(instant) > Date.now() + DAY_MS) {
    throw new CliError('CLI_OPTION_VALUE', `--since (--s) takes no time in the future, such as ${instant}.`);
  }
  return instant;
}

function filter(checked: CheckedValues): TransactionFilter {
  const given = checked.text('filter-mode');
  const prefixes = parseFilterPrefixes(checked.text('filter-prefix') ?? '');
  return { mode: given === 'updates_only' || given === 'hi_updates_only' ? given : 'all', prefixes };
}

function logOptions(checked: CheckedValues): LogOptions {
  const console = checked.flag('verbose');
  const given = checked.text('log-level') ?? (console ? 'debug' : 'info');
  const level = /^\d+$/.test(given) ? (logLevels[Number(given)] ?? 'debug') : asLogLevel(given);
  const retention = parseKeepLogs(checked.text('keep-logs'));
  const fileMode = Number.parseInt(checked.text('log-file-mode') ?? '0600', 8);
  return { level, directory: checked.text('log-dir'), fileMode, retention, console };
}

function asLogLevel(name: string): LogLevel {
  return logLevels.find((level) => level === name) ?? 'info';
}

function webhookOptions(checked: CheckedValues): WebhookOptions {
  const rate = checked.number('webhook-rate') || 5;
  return {
    ...outboxOptions(checked),
    ...keepOptions(checked),
    rate,
    burst: checked.number('webhook-burst') || 2 * rate,
    concurrency: checked.number('webhook-concurrency') ?? 16,
    backoff: checked.text('webhook-backoff'),
    adoptUrl: checked.flag('adopt-url'),
    newState: checked.flag('new-state'),
  };
}

function remarks(checked: CheckedValues): readonly string[] {
  const given: string[] = [];
  if (checked.flag('profiler')) {
    given.push('--p has no effect: there is no profiler. --metrics-port shows the work and the memory of the process.');
  }
  if (checked.number('write-concurrency') !== null) {
    given.push('--d has no effect: each sink knows how many writers its database needs.');
  }
  const concurrency = checked.number('request-concurrency');
  if (concurrency !== null && concurrency < Number(checked.text('request-concurrency'))) {
    given.push(`--w counts as ${concurrency}, the most that dbsync asks for at a time.`);
  }
  given.push(...metricsRemarks(checked));
  if (checked.text('hash-key-file') !== null && checked.text('hash-fields') === null) {
    given.push('--hash-key-file has no effect without --hash-fields.');
  }
  if (checked.flag('again') && checked.text('mode') !== 'db_init') {
    given.push('--again has no effect: only db_init copies everything again.');
  }
  given.push(...mirrorRemarks(checked));
  const idle = WEBHOOK_ONLY.filter((name) => checked.isGiven(name));
  if (checked.text('mode') !== 'webhook' && idle.length > 0) {
    const names = idle.map((name) => spelledOut(name, optionList)).join(', ');
    given.push(`${names}: no effect, since only webhook mode needs it.`);
  }
  return given;
}
