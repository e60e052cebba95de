import type { Ending } from '../exit-code.js';
import type { HelpPage } from '../options/help-page.js';
import type { CommandContext } from './command-context.js';

/** A command with a first word of its own. */
export interface Command {
  readonly name: string;
  /** The purpose of the command in a line, for the first page of the help. */
  readonly summary: string;
  /** The words that may follow its name; absent: none, or ids. */
  readonly actions?: readonly string[];
  readonly page: HelpPage;
  /** True: it reads the file of `--config` itself. Absent: it gets the options of the one campaign that `--campaign` names. */
  readonly readsConfig?: boolean;
  /** Loads its code only when it is called. */
  load(): Promise<(context: CommandContext) => Promise<Ending>>;
}
