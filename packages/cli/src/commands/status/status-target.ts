import { readDeferredChanges, readStateFile } from '@dbsync/core/cli-kit';
import type { CallOptions, Reporting, SchemaChange, SinkNotice, StoreSink } from '@dbsync/core/contract';
import { CliError } from '../../cli-error.js';
import { checkedValues } from '../../options/checked-values.js';
import { outboxOptions } from '../../options/outbox-options.js';
import { lookForStateFile } from '../../options/state-file.js';
import { targetOptions } from '../../options/target-options.js';
import type { CommandContext } from '../command-context.js';
import { loadTarget } from '../load-target.js';

/** A target that is open, and only read. */
export interface StatusTarget {
  /** The target for messages: the database without secrets, or the file of the outbox. */
  readonly name: string;
  readonly reporting: Omit<Reporting, 'keepHeartbeat'>;
  /** Returns the changes of the tables that could not be made yet; null: the account cannot see them. */
  notChanged(options: CallOptions): Promise<readonly SchemaChange[] | null>;
  close(): Promise<void>;
}

/**
 * Opens the database that `--url` names, or the outbox of the campaign where it names a web service or is not given.
 */
export async function openStatusTarget(
  context: CommandContext,
  campaign: string | null,
  options: CallOptions,
): Promise<StatusTarget> {
  const checked = checkedValues(context.values);
  if (checked.isGiven('url')) {
    const sink = await loadTarget(targetOptions(context.values), context, ignoreNotice, { onlyLooks: true });
    if (sink.kind === 'store') return openDatabase(sink.store, sink.target, options);
  }
  if (campaign === null) {
    throw new CliError('CLI_OPTION_MISSING', 'Give --campaign (--c) for an outbox, or --url for a database.');
  }
  const name = lookForStateFile(outboxOptions(checked), campaign);
  const { reporting, close } = readStateFile(name);
  return { name, reporting, notChanged: async () => [], close: async () => close() };
}

async function openDatabase(store: StoreSink, name: string, options: CallOptions): Promise<StatusTarget> {
  const { reporting } = store;
  if (reporting === undefined) {
    throw new CliError('CLI_STATUS_UNKNOWN', `The sink of ${name} does not report the state of its copies.`);
  }
  const close = () => store.close();
  try {
    await store.open(options);
    return { name, reporting, notChanged: (call) => readDeferredChanges(store, call), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ignores a notice: the report says all that this command is asked for. */
function ignoreNotice(_notice: SinkNotice): void {}
