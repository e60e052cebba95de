import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAILBOX_WAIT, repeat } from '@dbsync/core/cli-kit';
import {
  type CallOptions,
  type ErasedContact,
  type Erasure,
  isSinkError,
  type Operator,
  type StoreSink,
} from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { campaignStore } from './campaign-store.js';
import type { CommandContext } from './command-context.js';
import { erasureLines } from './erasure-text.js';
import { operator } from './operator-name.js';
import { listenForStop, waited } from './stop-signals.js';

const DRAIN_LIMIT_MS = 5_000;
/** The most attempts of a call that met another transaction, and the pause between them. */
const MOST_TRIES = 20;
const PAUSE_MS = 500;

/** The target of the command, and its work there. */
interface Desk {
  readonly store: StoreSink;
  readonly erasure: Erasure;
  readonly campaign: string;
  readonly contactIds: readonly string[];
  readonly kind: 'forget' | 'remember';
  readonly signal: AbortSignal;
}

/**
 * Runs `forget CONTACT...`: removes all that the target holds of these contacts, and keeps them out; `--undo` lets them
 * in again. The process that holds the campaign does it, by a request; where no process holds it, the command itself
 * does.
 */
export async function forgetCommand(context: CommandContext): Promise<Ending> {
  const { operands, values, output } = context;
  const checked = checkedValues(values);
  checked.require(['campaign', 'url']);
  if (operands.length === 0) throw new CliError('CLI_OPTION_MISSING', 'forget needs the ids of contacts.');
  using stop = listenForStop(DRAIN_LIMIT_MS);
  const { signal } = stop;
  const campaign = checked.required('campaign');
  const { store, target } = await campaignStore(context, campaign, { onlyLooks: false });
  try {
    await store.open({ signal });
    const { erasure } = store;
    if (erasure === undefined) throw new CliError('CLI_SINK_UNFIT', `${target} cannot forget contacts.`);
    const kind = checked.flag('undo') ? 'remember' : 'forget';
    const desk = { store, erasure, campaign, contactIds: [...new Set(operands)], kind, signal } as const;
    const done = await carryOut(desk);
    if (checked.flag('json'))
      output.json({ type: 'forgotten', kind, campaign, isDone: done !== null, contacts: done ?? [] });
    else output.line(erasureLines({ ...desk, target, done }).join('\n'));
  } finally {
    await store.close();
  }
  return stop.received === null ? { kind: 'done' } : { kind: 'stopped', signal: stop.received };
}

/** Returns how much of each contact was removed; null: the process that holds the campaign has not done it yet. */
async function carryOut(desk: Desk): Promise<readonly ErasedContact[] | null> {
  const by = operator();
  if (!(await isHeld(desk))) return directly(desk, { by });
  const { erasure, contactIds, kind, signal } = desk;
  const kept = kind === 'remember' ? [] : await erasure.readForgotten(contactIds, { signal });
  const keptIds = new Set(kept.map(({ contactId }) => contactId));
  // The counts of a contact that is kept out already are those of an earlier command, so this one removes the rest itself.
  const [again, others] = [contactIds.filter((id) => keptIds.has(id)), contactIds.filter((id) => !keptIds.has(id))];
  const done = again.length === 0 ? [] : await directly({ ...desk, contactIds: again }, { by });
  if (others.length === 0) return done;
  const doneByHolder = await askHolder({ ...desk, contactIds: others }, by);
  return doneByHolder === null ? null : [...done, ...doneByHolder];
}

/** Leaves a request to the process that holds the campaign, and waits for it. Null: it has not done it yet. */
async function askHolder(desk: Desk, by: Operator): Promise<readonly ErasedContact[] | null> {
  const { store, campaign, contactIds, kind, signal } = desk;
  // A new key each time: settling a request must not settle a newer one with the same key.
  const key = `${kind}-${randomUUID()}`;
  await store.postRequest(campaign, { key, kind, contactIds }, { signal, by });
  const { lookMs, patienceMs } = MAILBOX_WAIT;
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    if (!(await waited(lookMs, signal))) return null;
    const done = await readDone(desk);
    if (done !== null) return done;
    // The audit has the act since it was posted.
    if (waitedMs % 5_000 === 0 && !(await isHeld(desk))) return directly(desk, {});
  }
  return null;
}

async function readDone({ erasure, contactIds, kind, signal }: Desk): Promise<readonly ErasedContact[] | null> {
  const forgotten = await erasure.readForgotten(contactIds, { signal });
  if (kind === 'remember') return forgotten.length === 0 ? [] : null;
  const isDone = forgotten.length === contactIds.length && forgotten.every(({ erased }) => erased !== null);
  return isDone ? forgotten : null;
}

async function isHeld({ store, campaign, signal }: Desk): Promise<boolean> {
  const { heldBy = null } = await store.readState(campaign, { signal });
  return heldBy !== null;
}

async function directly(
  { store, erasure, campaign, contactIds, kind, signal }: Desk,
  noted: { readonly by?: Operator },
): Promise<readonly ErasedContact[]> {
  const command = { stream: campaign, ...noted };
  const act = async (options: CallOptions): Promise<readonly ErasedContact[]> => {
    if (kind === 'forget') return erasure.forget(contactIds, { ...options, command });
    await erasure.remember(contactIds, { ...options, command });
    await store.postRequest(campaign, { key: `refetch-${randomUUID()}`, kind: 'refetch', contactIds }, options);
    return [];
  };
  return await repeat(() => act({ signal }), {
    signal,
    async onFailure(error, failures) {
      if (!isSinkError(error) || error.verdict !== 'retryable' || failures === MOST_TRIES) throw error;
      await sleep(PAUSE_MS, undefined, { signal });
    },
  });
}
