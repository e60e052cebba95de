import type { InboundCall, RowDifference } from '../contract/index.js';
import { deadLetterKey } from '../records/new-dead-letter.js';
import { type LetterHead, storedDeadLetterPages } from './dead-letter-pages.js';
import type { RunContext, RunSettings } from './run-settings.js';
import { type VerifyOptions, type VerifyReport, verifyCopy } from './verify-copy.js';

/**
 * The finding about one inbound call that the campaign lists.
 *
 * - `call-alone`: the row is as the campaign has the call
 * - `call-missing`: the copy has no row of it
 * - `call-differs`: its row holds other values
 */
export type CallVerdict = 'call-alone' | 'call-missing' | 'call-differs';

/** The rows of inbound calls, and of records below a contact, that differ. */
export interface DifferingRows {
  readonly rows: readonly RowDifference[];
  /** Inbound calls that the holder of the stream reads again within minutes, so that their differences do not count yet. */
  readonly dueCalls: readonly string[];
}

/** All that is known about one inbound call. */
export interface CallExplanation extends DifferingRows {
  /** Null: the campaign does not list it. */
  readonly verdict: CallVerdict | null;
  readonly deadLetters: readonly LetterHead[];
}

/** The id of a call, and the start of the calls among which it is searched, ISO 8601; null: all. */
export interface ExplainCallOptions extends Pick<VerifyOptions, 'show' | 'onProgress'> {
  readonly id: string;
  readonly since: string | null;
}

/** Compares one inbound call with its row. The API cannot be asked for one call, so all of the time are read. */
export async function explainCall(
  settings: RunSettings,
  context: RunContext,
  { id, since, show, onProgress }: ExplainCallOptions,
): Promise<CallExplanation> {
  if (settings.sink.store.verifying === undefined) return { verdict: null, rows: [], dueCalls: [], deadLetters: [] };
  const comparesCall = (call: InboundCall) => call.id === id;
  const calls = { fromMs: since === null ? null : Date.parse(since) };
  const only = { contactIds: [], calls, comparesCall };
  const report = await verifyCopy(settings, context, { only, deep: true, show, onProgress });
  return { verdict: verdictOf(report), ...rowsOf(report), deadLetters: await lettersOf(settings, context, id) };
}

/** Returns the rows that differ; of the calls those that the holder of the stream does not read again by itself. */
export function rowsOf(report: VerifyReport | null): DifferingRows {
  if (report === null) return { rows: [], dueCalls: [] };
  const { rows, differingCalls, refusedCalls, dueCalls } = report;
  return { rows: [...rows, ...differingCalls, ...refusedCalls], dueCalls: dueCalls.map(({ id }) => id) };
}

function verdictOf(report: VerifyReport): CallVerdict | null {
  if (report.calls === 0) return null;
  const [row] = rowsOf(report).rows;
  if (row === undefined) return 'call-alone';
  return row.cells.length === 0 ? 'call-missing' : 'call-differs';
}

async function lettersOf({ sink, campaign }: RunSettings, { signal }: RunContext, id: string) {
  const own = deadLetterKey(campaign, 'inbound-call', id);
  const found: LetterHead[] = [];
  for await (const page of storedDeadLetterPages(sink.store, campaign, signal)) {
    found.push(...page.filter(({ key }) => key === own));
  }
  return found;
}
