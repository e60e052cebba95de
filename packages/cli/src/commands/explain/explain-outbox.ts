import { createOutbox, guardStore, processTicker, type RunEvent, systemClock } from '@dbsync/core';
import { type DeliveriesExplanation, explainDeliveries } from '@dbsync/core/cli-kit';
import type { Ending } from '../../exit-code.js';
import { readAuthorities } from '../../options/api-ca.js';
import { runOptions } from '../../options/run-options.js';
import { lookForStateFile } from '../../options/state-file.js';
import { createOutput } from '../../terminal/output.js';
import { printReport } from '../../terminal/print-report.js';
import type { CommandContext } from '../command-context.js';
import { asEndpoint, loadTarget } from '../load-target.js';
import { proxyTo } from '../proxy-to.js';
import { readFieldRules } from '../read-field-rules.js';
import { unlessStopped } from '../stop-signals.js';
import { inApi } from './explain-copy.js';
import { explainedLetters } from './explained-letters.js';
import type { ExplainedOutbox } from './explained-outbox.js';
import { outboxLines } from './outbox-text.js';

const DRAIN_LIMIT_MS = 5_000;
const AS_IT_SHOULD_BE: ReadonlySet<DeliveriesExplanation['verdict']> = new Set(['delivered', 'forgotten', 'deleted']);

/** Explains the deliveries of a contact, from the outbox of this machine. */
export async function explainOutbox(context: CommandContext, id: string): Promise<Ending> {
  const { guard } = context;
  const options = runOptions(new Map([...context.values, ['mode', 'webhook']]));
  const { campaign } = options;
  const stderr = createOutput(process.stderr, guard.redact);
  const endpoint = asEndpoint(await loadTarget(options.target, context, () => {}, { onlyLooks: true }));
  const api = { apiProxy: proxyTo(options.apiUrl, context), apiAuthorities: await readAuthorities(options.apiCa) };
  const fields = await readFieldRules(options.fieldSelection, context);
  const file = lookForStateFile(options.webhook, campaign);
  const { store, report } = createOutbox({ file, campaign, onlyLooks: true });
  const sink = { store: guardStore(store), target: file, plan: endpoint.plan };
  const settings = { ...options, ...api, fields, sink, delivery: null };
  const observe = (event: RunEvent) => {
    if (event.type === 'waiting' && event.level !== 'debug') stderr.line(`${event.code}: ${event.message}`);
  };
  const clocks = { clock: systemClock, storeClock: systemClock, ticker: processTicker(options.intervalMs) };
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    try {
      await sink.store.open({ signal });
      const found = await explainDeliveries(settings, { signal, observe, ...clocks }, report, id);
      const explained = explainedOutbox(found, { id, campaign, target: endpoint.target, outbox: file });
      printReport(context, explained, { lines: (masked) => outboxLines(masked, systemClock.now()) });
      if (found.verdict === 'unknown') return { kind: 'unable' };
      return AS_IT_SHOULD_BE.has(found.verdict) ? { kind: 'done' } : { kind: 'differs' };
    } finally {
      await sink.store.close();
    }
  });
}

function explainedOutbox(
  found: DeliveriesExplanation,
  about: Pick<ExplainedOutbox, 'id' | 'campaign' | 'target' | 'outbox'>,
): ExplainedOutbox {
  const { verdict, named, contactId: contact, api, start, transactions, deliveries, deadLetters } = found;
  const { progress, heldBy } = found;
  return {
    type: 'explained',
    ...about,
    named,
    contact,
    verdict,
    api: inApi(api),
    start,
    transactions,
    deliveries: deliveries.map(({ body: _body, ...delivery }) => delivery),
    deadLetters: explainedLetters(deadLetters),
    eventsUntil: progress.eventsUntil,
    heldBy: heldBy && { host: heldBy.process.host, pid: heldBy.process.pid },
  };
}
