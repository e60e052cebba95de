import { isTrue } from '../options/checked-values.js';
import type { OptionValues } from '../options/command-option.js';
import type { Output } from './output.js';

/** The output of a command, and its options. */
export interface ReportOutput {
  readonly values: OptionValues;
  readonly output: Output;
}

/** A report in its two forms. */
export interface ReportForms<T> {
  /** Writes the lines for people. They get the report with its secrets masked, and may cut and wrap its texts. */
  readonly lines: (masked: T) => readonly string[];
  /** Returns the documented object of `--json`. Absent: the report itself. */
  readonly json?: (report: T) => unknown;
}

/**
 * Prints the report of a command. Its secrets are masked before lines are cut or wrapped at 80 columns: a secret that is broken
 * over two lines is not found any more.
 */
export function printReport<T>({ values, output }: ReportOutput, report: T, { lines, json }: ReportForms<T>): void {
  if (isTrue(values.get('json'))) output.json(json === undefined ? report : json(report));
  else output.line(lines(output.masked(report)).join('\n'));
}
