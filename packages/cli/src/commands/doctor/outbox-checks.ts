import { createOutbox, guardStore } from '@dbsync/core';
import { hasOutbox } from '@dbsync/core/cli-kit';
import { isSinkError } from '@dbsync/core/contract';
import type { RunOptions } from '../../options/run-options.js';
import type { CommandContext } from '../command-context.js';
import { isLostState } from '../delivery-start.js';
import { asEndpoint, loadTarget } from '../load-target.js';
import { ofSink, type Tell } from './doctor-finding.js';
import type { PartOfDoctor } from './run-parts.js';

/** Checks the state file of webhook mode, where there is one, and changes nothing in it. */
export function outboxChecks(file: string, options: RunOptions, context: CommandContext): PartOfDoctor {
  return {
    part: 'outbox',
    checks: ['state-file'],
    deadlineMs: 15_000,
    run: async (tell, signal) => {
      if (hasOutbox(file)) await examine(file, { options, context, tell, signal });
      else tellMissing(file, options, context, tell);
    },
  };
}

interface Examination {
  readonly options: RunOptions;
  readonly context: CommandContext;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

async function examine(file: string, { options, context, tell, signal }: Examination): Promise<void> {
  const { campaign, webhook } = options;
  const target = await receiverOf(options, context);
  const known = target === null ? {} : { target, adoptTarget: webhook.adoptUrl };
  const outbox = createOutbox({ file, campaign, ...known, onlyLooks: true });
  const store = guardStore(outbox.store);
  try {
    await store.open({ signal });
    for (const finding of await store.checkHealth({ signal })) tell(ofSink('state-file', finding));
  } catch (error) {
    if (!isSinkError(error) || error.code !== OLDER) throw error;
    const remedy = context.codes[OLDER]?.remedy ?? null;
    tell({ check: 'state-file', level: 'warn', what: error.message.replace(/\.$/, ''), remedy });
  } finally {
    await store.close();
  }
}

const OLDER = 'OUTBOX_VERSION_OLDER';

/** Returns the receiver that the file is compared with; null: none was given, or it cannot be used, which another part reports. */
async function receiverOf(options: RunOptions, context: CommandContext): Promise<string | null> {
  if (!context.values.has('url')) return null;
  try {
    return asEndpoint(await loadTarget(options.target, context, () => {}, { onlyLooks: true })).identity;
  } catch {
    return null;
  }
}

function tellMissing(file: string, options: RunOptions, context: CommandContext, tell: Tell): void {
  if (options.since === null && isLostState(options, 0)) {
    const code = 'OUTBOX_STATE_MISSING';
    const what = `${code}: ${file} is missing or empty, and there are logs of earlier runs: a start is refused`;
    tell({ check: 'state-file', level: 'fail', what, remedy: context.codes[code]?.remedy ?? null });
    return;
  }
  tell({ check: 'state-file', level: 'pass', what: `There is no state yet: the first start makes ${file}` });
}
