import type { Observer } from '@dbsync/core';
import { createExplainOnce } from '../terminal/explained.js';
import type { Output } from '../terminal/output.js';

/**
 * Prints only warnings and errors: other events would hide the command's result. Explains each code once, in the language of the
 * reader: its further lines follow one another closely.
 */
export function createTroubleReporter(output: Pick<Output, 'line' | 'language'>): Observer {
  const explainOnce = createExplainOnce(output.language);
  return (event) => {
    if (event.type !== 'waiting' && event.type !== 'notice') return;
    if (event.level === 'info' || event.level === 'debug') return;
    output.line(explainOnce(event.code, event.message) ?? `${event.code}: ${event.message}`);
  };
}
