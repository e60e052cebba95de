import type { Failure } from '../exit-code.js';
import { lineJson } from '../reporting/json-line.js';
import { explained } from './explained.js';
import type { Output } from './output.js';

/** Prints the error that ended a command, or one campaign of several. */
export function printFailure({ code, message, remedy, exit }: Failure, output: Output, json: boolean): void {
  if (json) output.json(lineJson('error', 'critical', { code, message, remedy, exit }));
  else output.line(explained(code, message, output.language) ?? inEnglish({ code, message, remedy }));
}

function inEnglish({ code, message, remedy }: Pick<Failure, 'code' | 'message' | 'remedy'>): string {
  return `${code}: ${message}${remedy === null ? '' : `\n  ${remedy}`}`;
}
