/** One option of the command. Its value is text until `run-options` has checked it. */
export interface CommandOption {
  /** The long name, the only one that the code uses. */
  readonly name: string;
  /** The name of the option in the old client; taken with one dash or two. */
  readonly old?: string;
  readonly type: 'text' | 'whole-number' | 'flag';
  readonly group: OptionGroup;
  readonly help: string;
  /** The only values taken. */
  readonly values?: readonly string[];
  /** Further accepted values, which commands of the old client have; the help leaves them out. */
  readonly alsoTakes?: RegExp;
  readonly min?: number;
  readonly max?: number;
  /** A larger value counts as `max`: commands of the old client have some. */
  readonly capped?: boolean;
  /** True: given several times, its values are joined by line breaks. */
  readonly repeatable?: boolean;
  /** The value is a list: a file of campaigns may write it as one, whose items this joins. */
  readonly separator?: ',';
  /** The default as the help shows it; `run-options` applies it. */
  readonly default?: string;
  /** The value is a path: completion offers files or folders. */
  readonly path?: 'file' | 'folder';
  /** True: no output shows it. */
  readonly sensitive?: boolean;
  /** True: an empty value has a meaning; elsewhere it counts as none. */
  readonly mayBeEmpty?: boolean;
  /** True: accepted, but not in the help. */
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
  | 'Doctor'
  | 'Views'
  | 'Service'
  | 'Logs and output'
  | 'Options of installed sinks';

/** The groups of the options of a run, from the command line or from a file of campaigns. */
export const GROUPS_OF_RUNS: ReadonlySet<OptionGroup> = new Set([
  'What to copy',
  'Where to',
  'How',
  'Webhook',
  'Logs and output',
  'Options of installed sinks',
]);

/** Values by long name, options of sinks (`postgres-schema`) among them. Flags are `true` or `false`. */
export type OptionValues = ReadonlyMap<string, string>;

/** Writes an option for operators: `--campaign (--c)`. */
export function spelledOut(name: string, options: readonly CommandOption[]): string {
  const old = options.find((option) => option.name === name)?.old;
  return old === undefined ? `--${name}` : `--${name} (--${old})`;
}
