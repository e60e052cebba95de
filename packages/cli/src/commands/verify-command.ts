import {
  type RefetchReport,
  recordsToFetch,
  refetchContacts,
  type VerifyOptions,
  type VerifyReport,
  verifyCopy,
} from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { cappedText } from '../reporting/capped-text.js';
import { formatCounted } from '../terminal/figures.js';
import type { CommandContext } from './command-context.js';
import { atCopyDesk, type CopyDesk } from './copy-desk.js';
import { dropGoneOf, refuseUnasked } from './drop-gone.js';
import { operator } from './operator-name.js';
import { findingsOf, summaryOf } from './verify-findings.js';
import { createVerifyProgress } from './verify-progress.js';
import { unknownLines, verifyLines } from './verify-text.js';

/**
 * Runs `verify`: compares the copy with the campaign, and prints the differences. With `--repair` contacts that differ
 * are fetched again and compared again. It ends with 5 where differences are left, and with
 * 8 where neither the campaign nor the copy has the contact of `--contact`.
 */
export async function verifyCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  if (operands.length > 0) {
    throw new CliError('CLI_WORD_UNEXPECTED', 'verify takes no words. To compare one contact: --contact ID');
  }
  const contact = checked.text('contact');
  refuseUnasked(context);
  return atCopyDesk(context, 'verify', async (desk) => {
    const first = await compare(desk, context, contact === null ? null : { contactIds: [contact], calls: null });
    const afterRepair = checked.flag('repair') ? await repaired(desk, first, context) : first;
    const report = checked.flag('drop-gone') ? await withoutGone(desk, afterRepair, context) : afterRepair;
    const deep = checked.flag('deep');
    const findings = findingsOf(report, deep);
    // The first comparison tells: it still saw rows that were deleted meanwhile.
    const isUnknown = contact !== null && first.present === null && findingsOf(first, deep).length === 0;
    const compared = isUnknown ? { ...report, contacts: 0 } : report;
    const summary = summaryOf(compared, findings, desk.options.campaign, desk.settings.sink.target);
    if (checked.flag('json')) for (const line of [...findings, summary]) output.json(line);
    else if (isUnknown) output.line(unknownLines(contact, output.masked(summary)).join('\n'));
    else output.line(verifyLines(output.masked(findings), output.masked(summary)).join('\n'));
    if (isUnknown) return { kind: 'unable' };
    return summary.differences === 0 ? { kind: 'done' } : { kind: 'differs' };
  });
}

/** Most characters of a value that differs. */
const VALUE = 200;

async function compare(
  desk: CopyDesk,
  { values, guard }: CommandContext,
  only: VerifyOptions['only'],
): Promise<VerifyReport> {
  const onProgress = createVerifyProgress(desk.stderr);
  const show = (value: string) => cappedText(value, guard.redact, VALUE);
  const deep = checkedValues(values).flag('deep');
  const contact = checkedValues(values).text('contact');
  const orphans = contact === null ? {} : { orphansOf: [contact] };
  const report = await verifyCopy(desk.settings, desk.context, { only, ...orphans, deep, show, onProgress });
  await desk.stderr.flush();
  return report;
}

/** Has what differs fetched again, and compares it again. */
async function repaired(desk: CopyDesk, first: VerifyReport, context: CommandContext): Promise<VerifyReport> {
  const { output, values } = context;
  const toFetch = recordsToFetch(first);
  const { contactIds, calls } = toFetch;
  if (contactIds.size === 0 && calls === null) return first;
  const { isDone, contacts }: RefetchReport = await refetchContacts(desk.settings, desk.context, desk.openAgain, {
    ...toFetch,
    by: operator(),
    onProgress: () => {},
  });
  if (checkedValues(values).flag('json')) output.json({ type: 'repair', contacts, isDone });
  else
    output.line(
      `${formatCounted(contacts, 'contact')} fetched again${isDone ? '' : ', not all of them yet'}. Looked at again:`,
    );
  const after = await compare(desk, context, { contactIds: [...contactIds], calls });
  return {
    ...after,
    contacts: first.contacts,
    calls: first.calls,
    present: after.present ?? first.present,
    gone: [...new Set([...first.gone, ...after.gone])],
    isWhole: first.isWhole && after.isWhole,
  };
}

/** Deletes what the campaign no longer has, and compares that again. */
async function withoutGone(desk: CopyDesk, report: VerifyReport, context: CommandContext): Promise<VerifyReport> {
  const contactIds = await dropGoneOf(desk, report, context);
  if (contactIds.length === 0) return report;
  const after = await compare(desk, context, { contactIds, calls: null });
  const isAsked = new Set(contactIds);
  const others = report.differences.filter(({ contactId }) => !isAsked.has(contactId));
  return { ...report, gone: after.gone, orphans: after.orphans, differences: [...others, ...after.differences] };
}
