import type { ShownRequest, TargetAnswer, Verdict } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { targetOptions } from '../options/target-options.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import type { CommandContext } from './command-context.js';
import { asEndpoint, loadTarget } from './load-target.js';
import { sampleDelivery } from './sample-delivery.js';
import { listenForStop } from './stop-signals.js';

const ACTIONS = ['test'] as const;
const DRAIN_LIMIT_MS = 5_000;

/** Runs `webhook test`: one sample delivery, without outbox and campaign. */
export async function webhookCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const [action, ...others] = operands;
  if (action !== 'test') throw unexpectedAction('webhook', action, ACTIONS);
  if (others.length > 0) throw new CliError('CLI_WORD_UNEXPECTED', 'webhook test takes no further words.');
  const checked = checkedValues(values);
  checked.require(['url']);
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const { signal } = stop;
  const json = checked.flag('json');
  const notify = ({ message }: { readonly message: string }) => void (json || output.line(message));
  const { endpoint } = asEndpoint(await loadTarget(targetOptions(values), context, notify));
  const onRequest = (request: ShownRequest) => {
    if (json) output.json({ type: 'request', ...request });
    else output.line(requestText(request));
  };
  let answer: TargetAnswer | null = null;
  const onAnswer = (targetAnswer: TargetAnswer) => {
    answer = targetAnswer;
  };
  await endpoint.open({ signal });
  try {
    const startedMs = performance.now();
    const [verdict] = await endpoint.deliver([sampleDelivery()], { signal, onRequest, onAnswer });
    const tookMs = Math.round(performance.now() - startedMs);
    if (verdict === undefined) throw new CliError('CLI_TEST_NOT_REACHED', 'The sink gave no verdict.');
    if (json) output.json({ type: 'answer', tookMs, ...statusOf(answer), ...verdict });
    else output.line(`\n${answerText(verdict, answer, tookMs)}`);
    refuse(verdict);
  } finally {
    await endpoint.close();
  }
  return { kind: 'done' };
}

function refuse(verdict: Verdict): void {
  if (verdict.verdict === 'accepted') return;
  const { reason } = verdict;
  if (verdict.verdict === 'gone') throw new CliError('CLI_TEST_GONE', `The receiver accepts no deliveries: ${reason}.`);
  const isOfTarget = verdict.verdict === 'retry' && verdict.fault === 'target';
  if (isOfTarget) throw new CliError('CLI_TEST_NOT_REACHED', `No receiver took the sample: ${reason}.`);
  throw new CliError('CLI_TEST_NOT_ACCEPTED', `The receiver did not accept the sample: ${reason}.`);
}

function requestText({ line, headers, body }: ShownRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [line, ...lines, '', body].join('\n');
}

function statusOf(answer: TargetAnswer | null): { readonly status: number | null; readonly answer: string } {
  return { status: answer?.status ?? null, answer: answer?.text ?? '' };
}

function answerText(verdict: Verdict, targetAnswer: TargetAnswer | null, tookMs: number): string {
  const { status, answer } = statusOf(targetAnswer);
  const head = status === null ? `No answer with a status, after ${tookMs} ms` : `${status} after ${tookMs} ms`;
  const lines = answer === '' ? [head] : [head, answer];
  if (verdict.verdict === 'accepted') lines.push('', 'Accepted: a delivery like this one counts as delivered.');
  return lines.join('\n');
}
