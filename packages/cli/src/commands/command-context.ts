import type { ErrorCodes } from '@dbsync/core/contract';
import type { Failure } from '../exit-code.js';
import type { CommandOption, OptionValues } from '../options/command-option.js';
import type { SecretGuard } from '../reporting/secret-guard.js';
import type { Output } from '../terminal/output.js';

/** The input and output of every command. */
export interface CommandContext {
  /** Words that belong to no option, the name of the command left out. */
  readonly operands: readonly string[];
  readonly values: OptionValues;
  /** The options of the command itself and those of installed sinks. */
  readonly options: readonly CommandOption[];
  /** The URL schemes of installed sinks. */
  readonly schemes: readonly string[];
  /** The environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Sentences about variables of the environment that are probably misspelled. */
  readonly doubts: readonly string[];
  readonly output: Output;
  readonly guard: SecretGuard;
  /** The error codes for messages, at first those of core: a sink adds its own as soon as it is loaded. */
  readonly codes: Record<string, ErrorCodes[string]>;
  /**
   * Returns the connections that all campaigns of the file of `--config` may open to this server; undefined: they are unknown, or were told before.
   * Absent: there is no file.
   */
  readonly connectionsTo?: ((server: string) => Promise<number | undefined>) | undefined;
  /** The place of the campaign in the file of `--config`. Absent: there is no file. */
  readonly ofFile?: CampaignOfFile;
  /** Sets the work that precedes the end of the process by an error outside of any promise. */
  readonly beforeEnd?: (work: (failure: Failure) => Promise<void>) => void;
}

/** A campaign of a file. */
export interface CampaignOfFile {
  readonly file: string;
  /** Its name in the file. */
  readonly name: string;
  /** The options of the command line and of the environment, which hold in place of the file's. */
  readonly stronger: OptionValues;
}
