import { lookAtOutbox, type OutboxLook, planOf } from '@dbsync/core/cli-kit';
import { isSinkError } from '@dbsync/core/contract';
import type { Ending } from '../../exit-code.js';
import { checkedValues } from '../../options/checked-values.js';
import { type RunOptions, runOptions } from '../../options/run-options.js';
import { lookForStateFile } from '../../options/state-file.js';
import { formatCounted } from '../../terminal/figures.js';
import { printReport } from '../../terminal/print-report.js';
import { printableLine } from '../../terminal/printable.js';
import { wrapText } from '../../terminal/wrap-text.js';
import type { CommandContext } from '../command-context.js';
import { type DeliveryStart, deliveryStart } from '../delivery-start.js';
import { factLines } from '../explain/contact-facts.js';
import { asEndpoint, loadTarget } from '../load-target.js';
import { readFieldRules } from '../read-field-rules.js';

/** The object that `plan --json` prints for webhook mode. */
export interface PlannedDeliveries {
  readonly type: 'planned';
  readonly mode: 'webhook';
  readonly campaign: string;
  /** The receiver, without its path and secrets. */
  readonly target: string;
  readonly outbox: string;
  /** `new`: a start makes the outbox; `continued`: it goes on where the outbox stopped; `lost`: a start is refused. */
  readonly state: 'new' | 'continued' | 'lost';
  /** The instant from which transactions are sent, ISO 8601; null: now, for a new outbox; everything, for a continued one. */
  readonly start: string | null;
  readonly startReason: string;
  readonly isSigned: boolean;
  readonly filter: { readonly mode: string; readonly prefixes: readonly string[] };
  readonly messages: number;
  readonly effects: readonly string[];
  /** The reason why a start would end at once; null: none is known. */
  readonly refused: string | null;
}

/** Shows what the next start of webhook mode would take as start, receiver, signature and filter. It opens no connection. */
export async function planDeliveries(context: CommandContext): Promise<Ending> {
  const { values } = context;
  const options = runOptions(new Map([...values, ['mode', 'webhook']]));
  const endpoint = asEndpoint(await loadTarget(options.target, context, () => {}, { onlyLooks: true }));
  const fields = await readFieldRules(options.fieldSelection, context);
  const outbox = lookForStateFile(options.webhook, options.campaign);
  const sink = { plan: endpoint.plan };
  const plan = planOf({ filter: options.filter, fields, sink });
  const { look, unusable } = lookAt(outbox, options.campaign);
  const start = deliveryStart(options, outbox, 0);
  const planned: PlannedDeliveries = {
    type: 'planned',
    mode: 'webhook',
    campaign: options.campaign,
    target: endpoint.target,
    outbox,
    ...startOf(start, look, unusable),
    isSigned: checkedValues(values).text('webhook-secret-file') !== null,
    filter: options.filter,
    messages: look?.messages ?? 0,
    effects: effectsOf(look, plan, start),
    refused: unusable ?? refusalOf(options, start, look, endpoint.identity),
  };
  printReport(context, planned, { lines });
  if (planned.refused !== null) return { kind: 'unable' };
  return planned.state === 'new' || planned.effects.length > 0 ? { kind: 'differs' } : { kind: 'done' };
}

/** Reads the state file. A file that a start refuses gives the reason, `unusable`. */
function lookAt(outbox: string, campaign: string): { look: OutboxLook | null; unusable: string | null } {
  try {
    return { look: lookAtOutbox(outbox, campaign), unusable: null };
  } catch (error) {
    if (!isSinkError(error) || error.verdict !== 'fatal') throw error;
    return { look: null, unusable: `${error.code}: ${error.message}` };
  }
}

function startOf(
  start: DeliveryStart,
  look: OutboxLook | null,
  unusable: string | null,
): Pick<PlannedDeliveries, 'state' | 'start' | 'startReason'> {
  if (look !== null && look.progress !== null) {
    const until = look.progress.eventsUntil ?? 'the beginning';
    const earlier = start.since !== null && look.start !== null && start.since < look.start ? start.since : look.start;
    return { state: 'continued', start: earlier, startReason: `the outbox continues from the events of ${until}` };
  }
  if (unusable !== null) return { state: 'lost', start: null, startReason: 'the state file cannot be used' };
  if (start.isLost) return { state: 'lost', start: null, startReason: 'an earlier state file is gone' };
  return { state: 'new', start: start.since, startReason: start.reason };
}

function effectsOf(look: OutboxLook | null, plan: string, { since }: DeliveryStart): readonly string[] {
  const effects: string[] = [];
  if (look?.isOfEarlierVersion === true)
    effects.push('The outbox gets the tables and columns that its earlier version of dbsync did not have.');
  const begun = look?.progress?.since ?? null;
  if (since !== null && begun !== null && since < begun) {
    effects.push(
      `--since ${since} is before ${begun}, where the deliveries began: the time between is read, and sent.`,
    );
  }
  if (look?.plan != null && look.plan !== plan) {
    effects.push(
      `The options were ${look.plan}, and are ${plan}. Transactions that a wider filter lets through are sent from now on; those from before only with --since.`,
    );
  }
  return effects;
}

function refusalOf(
  { campaign, webhook }: RunOptions,
  { isLost }: DeliveryStart,
  look: OutboxLook | null,
  identity: string,
): string | null {
  if (isLost) {
    return 'OUTBOX_STATE_MISSING: logs show an earlier run, and its state file is gone. Restore it; or begin from now with --new-state, or from a time with --since.';
  }
  if (look === null) return null;
  if (look.campaign !== null && look.campaign !== campaign) {
    return `OUTBOX_OF_OTHER_CAMPAIGN: the state file belongs to campaign ${look.campaign}.`;
  }
  if (look.target === null || webhook.adoptUrl || look.target === identity) return null;
  return `OUTBOX_TARGET_CHANGED: the state file delivers to ${look.target}, and the URL is now ${identity}. For the same receiver at a new address: --adopt-url; for another receiver: --stream NAME.`;
}

function lines(planned: PlannedDeliveries): readonly string[] {
  const { refused, state, target, outbox, start, startReason, isSigned, filter, messages, effects } = planned;
  const tasks = filter.prefixes.length === 0 ? 'of all tasks' : `of tasks ${filter.prefixes.join(', ')}`;
  const verdict =
    refused !== null
      ? `A start of webhook mode would be refused: ${refused}`
      : state === 'new'
        ? `A start of webhook mode would make a new outbox, and send to ${target} all transactions that are fired from ${start ?? 'now'} on.`
        : `A start of webhook mode would continue with the outbox, and ${effects.length === 0 ? 'change nothing' : 'make the changes below'}.`;
  const wrapped = (text: string) => wrapText(printableLine(text), 80);
  return [
    ...wrapped(verdict),
    ...(effects.length === 0 ? [] : ['', ...effects.flatMap(wrapped)]),
    '',
    ...factLines([
      ['target', target],
      ['outbox', `${outbox}, ${state}; ${formatCounted(messages, 'message')} ${messages === 1 ? 'waits' : 'wait'}`],
      ['start', `${start ?? (state === 'continued' ? 'everything' : 'now')}: ${startReason}`],
      [
        'signature',
        isSigned ? 'signed with the secrets of --webhook-secret-file' : 'none: --webhook-secret-file is not given',
      ],
      ['filter', `transactions: ${filter.mode}, ${tasks}`],
    ]),
  ];
}
