import { type RefetchReport, refetchContacts, type VerifyReport, verifyCopy } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import type { CommandContext } from './command-context.js';
import { atCopyDesk, type CopyDesk } from './copy-desk.js';
import { operator } from './operator-name.js';
import { createVerifyProgress } from './verify-progress.js';
import { findingsOf, summaryOf, verifyLines } from './verify-text.js';

/**
 * Runs `verify`: compares the copy with the campaign, and prints the differences. With `--repair` contacts that differ
 * are fetched again and compared again. It ends with 5 where differences are left.
 */
export async function verifyCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  if (operands.length > 0) {
    throw new CliError('CLI_WORD_UNEXPECTED', 'verify takes no words. To compare one contact: --contact ID');
  }
  const contact = checked.text('contact');
  return atCopyDesk(context, 'verify', async (desk) => {
    const first = await compare(desk, contact === null ? null : [contact]);
    const report = checked.flag('repair') ? await repaired(desk, first, context) : first;
    const findings = findingsOf(report);
    const summary = summaryOf(report, findings, desk.options.campaign, desk.settings.sink.target);
    if (checked.flag('json')) for (const line of [...findings, summary]) output.json(line);
    else output.line(verifyLines(findings, summary).join('\n'));
    return summary.differences === 0 ? { kind: 'done' } : { kind: 'differs' };
  });
}

async function compare(desk: CopyDesk, contactIds: readonly string[] | null): Promise<VerifyReport> {
  const onProgress = createVerifyProgress(desk.stderr);
  const report = await verifyCopy(desk.settings, desk.context, { contactIds, onProgress });
  await desk.stderr.flush();
  return report;
}

/** Lets the contacts that differ be fetched again, and compares them again. */
async function repaired(
  desk: CopyDesk,
  first: VerifyReport,
  { output, values }: CommandContext,
): Promise<VerifyReport> {
  const { differences, orphans } = first;
  const ids = new Set(differences.map(({ contactId }) => contactId));
  for (const { contactId } of orphans) if (contactId !== null) ids.add(contactId);
  if (ids.size === 0) return first;
  const { isDone, contacts }: RefetchReport = await refetchContacts(desk.settings, desk.context, desk.openAgain, {
    contactIds: ids,
    by: operator(),
    onProgress: () => {},
  });
  if (checkedValues(values).flag('json')) output.json({ type: 'repair', contacts, isDone });
  else output.line(`${contacts} contacts fetched again${isDone ? '' : ', not all of them yet'}. Looked at again:`);
  const after = await compare(desk, [...ids]);
  return { ...after, contacts: first.contacts, gone: [...new Set([...first.gone, ...after.gone])] };
}
