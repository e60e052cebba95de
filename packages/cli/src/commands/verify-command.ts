import { type RefetchReport, refetchContacts, type VerifyReport, verifyCopy } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import type { CommandContext } from './command-context.js';
import { type CopyDesk, openCopyDesk } from './copy-desk.js';
import { operator } from './operator-name.js';
import { listenForStop } from './stop-signals.js';
import { createVerifyProgress } from './verify-progress.js';
import { findingsOf, summaryOf, verifyLines } from './verify-text.js';

const DRAIN_LIMIT_MS = 35_000;

/**
 * `verify`: compares the copy with the campaign, and says what differs. With `--repair` what differs is fetched again and looked at
 * again. It ends with 5 where differences are left.
 */
export async function verifyCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  if (operands.length > 0) {
    throw new CliError('CLI_WORD_UNEXPECTED', 'verify takes no words. One contact alone: --contact ID');
  }
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const json = checked.flag('json');
  try {
    const desk = await openCopyDesk(context, 'verify', stop.signal);
    try {
      const contact = checked.text('contact');
      const first = await compare(desk, contact === null ? null : [contact]);
      const report = checked.flag('repair') ? await repaired(desk, first, context) : first;
      const summary = summaryOf(report, desk.options.campaign, desk.settings.sink.target);
      if (json) for (const line of [...findingsOf(report), summary]) output.json(line);
      else output.line(verifyLines(report, summary).join('\n'));
      return summary.differences === 0 ? { kind: 'done' } : { kind: 'differs' };
    } finally {
      await desk.store.close();
    }
  } catch (error) {
    if (stop.received !== null) return { kind: 'stopped', signal: stop.received };
    throw error;
  }
}

async function compare(desk: CopyDesk, contactIds: readonly string[] | null): Promise<VerifyReport> {
  const onProgress = createVerifyProgress(desk.stderr);
  const report = await verifyCopy(desk.settings, desk.context, { contactIds, onProgress });
  await desk.stderr.flush();
  return report;
}

/** What is left of the differences when they have been fetched again. */
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
