import { type ContactExplanation, explainContact } from '@dbsync/core/cli-kit';
import type { Ending } from '../../exit-code.js';
import { cappedText } from '../../reporting/capped-text.js';
import { printReport } from '../../terminal/print-report.js';
import type { CommandContext } from '../command-context.js';
import { atCopyDesk, type CopyDesk } from '../copy-desk.js';
import { createVerifyProgress } from '../verify-progress.js';
import { copyLines } from './copy-text.js';
import type { ExplainedCopy, ExplainedDifference, ExplainedInApi } from './explained-copy.js';
import { explainedLetters } from './explained-letters.js';
import { readLoggedWrites } from './logged-writes.js';

/** Verdicts with which nothing is the matter. */
const AS_IT_SHOULD_BE: ReadonlySet<ContactExplanation['verdict']> = new Set([
  'equal',
  'forgotten',
  'deleted',
  'before-since',
  'call-alone',
]);
/** Most characters of a value that differs. */
const VALUE = 200;

/** Explains a contact of a database. */
export function explainCopy(context: CommandContext, id: string): Promise<Ending> {
  const { guard } = context;
  return atCopyDesk(context, 'explain', async (desk) => {
    const onProgress = createVerifyProgress(desk.stderr);
    const show = (value: string) => cappedText(value, guard.redact, VALUE);
    const found = await explainContact(desk.settings, desk.context, { id, show, onProgress });
    await desk.stderr.flush();
    const explained = await explainedCopy(desk, id, found);
    printReport(context, explained, { lines: copyLines });
    return endingOf(found.verdict);
  });
}

function endingOf(verdict: ContactExplanation['verdict']): Ending {
  if (verdict === 'unknown' || verdict === 'other-campaign') return { kind: 'unable' };
  return AS_IT_SHOULD_BE.has(verdict) ? { kind: 'done' } : { kind: 'differs' };
}

async function explainedCopy(desk: CopyDesk, id: string, found: ContactExplanation): Promise<ExplainedCopy> {
  const { options, settings, context } = desk;
  const { contactId, progress, heldBy, missedSinceMs, copy } = found;
  const changedAt = copy?.changedAt ?? null;
  return {
    type: 'explained',
    campaign: options.campaign,
    target: settings.sink.target,
    id,
    named: found.named,
    contact: contactId,
    verdict: found.verdict,
    api: inApi(found.api),
    copy,
    differences: differencesOf(found, settings.fields ?? null),
    dueCalls: found.dueCalls,
    deadLetters: explainedLetters(found.deadLetters),
    missedSince: missedSinceMs === null ? null : new Date(missedSinceMs).toISOString(),
    since: progress.since,
    eventsUntil: progress.eventsUntil,
    listedFrom: progress.listedFrom,
    heldBy: heldBy && { host: heldBy.process.host, pid: heldBy.process.pid },
    log: await readLoggedWrites(options.campaign, contactId, options.log.directory, changedAt, context.signal),
  };
}

/** Returns what the API has, in the form of `--json`. */
export function inApi(api: ContactExplanation['api']): ExplainedInApi | null {
  if (api === null) return null;
  const nothing = { md5: null, records: null, filteredOut: [], code: null, reason: null };
  if (api.kind === 'gone') return { ...nothing, state: 'gone' };
  if (api.kind === 'unread') return { ...nothing, state: 'unread', code: api.code, reason: api.reason };
  const { md5, transactions } = api.tree;
  const connections = transactions.flatMap((node) => node.connections);
  const records = {
    transactions: transactions.length,
    connections: connections.length,
    recordings: connections.flatMap((node) => node.recordings).length,
  };
  return { ...nothing, state: 'there', md5, records, filteredOut: api.filteredOut };
}

type Rules = NonNullable<CopyDesk['settings']['fields']> | null;

function differencesOf({ differences, rows, contactId }: ContactExplanation, fields: Rules): ExplainedDifference[] {
  const whole = differences.map(({ kind }) => ({ kind, table: 'contacts', rowId: contactId }) as const);
  const ofRows = rows.flatMap(({ kind: table, id: rowId, cells }): ExplainedDifference[] => {
    if (cells.length === 0) return [{ kind: 'row', table, rowId }];
    return cells.map(({ name: column, field, expected, stored }) => {
      const isHidden = fields !== null && field !== null && fields.isNamed(table, field);
      const [api, copy] = isHidden ? [HIDDEN, HIDDEN] : [expected, stored];
      const ofOverflow = column === '$overflow' && field !== null ? { field } : {};
      return { kind: 'cell', table, rowId, column, ...ofOverflow, api, copy };
    });
  });
  return [...whole, ...ofRows];
}

const HIDDEN = '(not shown)';
