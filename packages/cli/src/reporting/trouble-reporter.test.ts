import type { RunEvent } from '@dbsync/core';
import { expect, it } from 'vitest';
import { english } from '../languages/reader-language.js';
import { createTroubleReporter } from './trouble-reporter.js';

it('explains each code once in the language of the reader, and shows no event below a warning', () => {
  const shown: string[] = [];
  const explain = (code: string) =>
    code === 'API_FAILED' ? { what: 'La API no responde bien.', remedy: 'Espere.' } : null;
  const observe = createTroubleReporter({ line: (text) => shown.push(text), language: { ...english, explain } });
  const waiting: RunEvent = {
    type: 'waiting',
    for: 'api',
    level: 'warn',
    code: 'API_FAILED',
    message: 'status 502',
    waitedMs: 1_000,
    attempt: 1,
  };
  observe(waiting);
  observe({ ...waiting, level: 'info', message: 'status 503' });
  observe({ ...waiting, attempt: 2 });
  observe({ type: 'notice', level: 'warn', code: 'LAMP_OFF', message: 'Lamp 7 is off.' });
  expect(shown).toEqual([
    'API_FAILED: La API no responde bien.\n  status 502\n  Espere.',
    'API_FAILED: status 502',
    'LAMP_OFF: Lamp 7 is off.',
  ]);
});
