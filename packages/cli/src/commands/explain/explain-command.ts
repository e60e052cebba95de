import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { targetOptions } from '../../options/target-options.js';
import type { CommandContext } from '../command-context.js';
import { loadTarget } from '../load-target.js';
import { explainCopy } from './explain-copy.js';
import { explainOutbox } from './explain-outbox.js';

/**
 * Runs `explain ID`: what the campaign and the target have of one contact, what differs, and what accounts for it. It ends
 * with 0 where nothing is the matter, with 5 where the target lacks something, and with 8 where no record has the id.
 */
export async function explainCommand(context: CommandContext): Promise<Ending> {
  const [id = '', ...others] = context.operands;
  if (id === '' || others.length > 0) {
    throw new CliError('CLI_OPTION_MISSING', 'explain needs one id: of a contact, a transaction or a connection.');
  }
  const { kind } = await loadTarget(targetOptions(context.values), context, () => {}, { onlyLooks: true });
  return kind === 'store' ? explainCopy(context, id) : explainOutbox(context, id);
}
