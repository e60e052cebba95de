/** One option of the command. Its value is text until `run-options` has checked it. */
export interface CommandOption {
  /** The long name, the only one that the code uses. */
  readonly name: string;
  /** Its name in the old client; taken with one dash or two. */
  readonly old?: string;
  readonly type: 'text' | 'whole-number' | 'flag';
  readonly group: OptionGroup;
  readonly help: string;
  /** The only values taken. */
  readonly values?: readonly string[];
  /** Further values that commands of the old client have; the help leaves them out. */
  readonly alsoTakes?: RegExp;
  readonly min?: number;
  readonly max?: number;
  /** A larger value counts as `max`: commands of the old client have some. */
  readonly capped?: boolean;
  /** Given several times, its values stand on lines of their own. */
  readonly repeatable?: boolean;
  /** Shown in the help; where it is applied, `run-options` says so. */
  readonly default?: string;
  /** Never shown in any output. */
  readonly sensitive?: boolean;
  /** An empty value means something of its own; elsewhere it counts as none. */
  readonly mayBeEmpty?: boolean;
  /** Taken, but not in the help. */
  readonly hidden?: boolean;
}

export type OptionGroup =
  | 'What to copy'
  | 'Where to'
  | 'How'
  | 'Webhook'
  | 'Deliveries'
  | 'Dead letters'
  | 'Forget'
  | 'Mirror deletions'
  | 'Verify'
  | 'Logs and output'
  | 'Options of installed sinks';

/** Values by long name, options of sinks (`postgres-schema`) among them. Flags are `true` or `false`. */
export type OptionValues = ReadonlyMap<string, string>;

/** As people know it: `--campaign (--c)`. */
export function spelledOut(name: string, options: readonly CommandOption[]): string {
  const old = options.find((option) => option.name === name)?.old;
  return old === undefined ? `--${name}` : `--${name} (--${old})`;
}
