import type { SinkNotice } from '@dbsync/core/contract';
import { lineJson } from '../reporting/json-line.js';
import { explained } from './explained.js';
import type { Output } from './output.js';

const LEVELS = { debug: 'debug', info: 'info', warn: 'warning' } as const;

/** Prints a notice that belongs to no run, in the form of a run's. */
export function printNotice({ level, code, message }: SinkNotice, output: Output, json: boolean): void {
  if (json) output.json(lineJson('notice', LEVELS[level], { code, message }));
  else output.line(explained(code, message, output.language) ?? `${code}: ${message}`);
}
