import { expect, it } from 'vitest';
import { behindEvent, letterEvent, waitingEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { createSeenErrors } from './seen-errors.js';

it('keeps the last codes, each once, and nothing of what was said about them', () => {
  let nowMs = 0;
  const { hear, list } = createSeenErrors(() => nowMs);
  for (const code of ['OLDEST', 'OLDER']) hear({ type: 'notice', level: 'warn', code, message: 'a secret' });
  hear(letterEvent());
  hear(letterEvent());
  nowMs = 5_000;
  hear(waitingEvent('api', 'API_UNREACHABLE'));
  hear(behindEvent());
  hear({ type: 'notice', level: 'info', code: 'CLI_OPTION_IDLE', message: '' });
  hear({ ...waitingEvent('api', 'API_DOWN'), level: 'debug' });
  hear(letterEvent());
  hear({ type: 'notice', level: 'warn', code: '<script>', message: '' });
  expect(list()).toEqual([
    { code: 'ROW_REFUSED', agoMs: 0, count: 3 },
    { code: 'COPY_BEHIND', agoMs: 0, count: 1 },
    { code: 'API_UNREACHABLE', agoMs: 0, count: 1 },
    { code: 'OLDER', agoMs: 5_000, count: 1 },
    { code: 'OLDEST', agoMs: 5_000, count: 1 },
  ]);
  hear({ type: 'notice', level: 'warn', code: 'NEWEST', message: '' });
  expect(list().map(({ code }) => code)).toEqual(['NEWEST', 'ROW_REFUSED', 'COPY_BEHIND', 'API_UNREACHABLE', 'OLDER']);
});
