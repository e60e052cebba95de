import type { Failure } from '../exit-code.js';
import { lineJson } from '../reporting/json-line.js';
import type { Output } from './output.js';

/** Prints the error that ended a command, or one campaign of several. */
export function printFailure({ code, message, remedy, exit }: Failure, output: Output, json: boolean): void {
  if (json) output.json(lineJson('error', 'critical', { code, message, remedy, exit }));
  else output.line(`${code}: ${message}${remedy === null ? '' : `\n  ${remedy}`}`);
}
