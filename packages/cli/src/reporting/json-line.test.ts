import { expect, it } from 'vitest';
import { cycleEvent, waitingEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { eventJson, lineJson } from './json-line.js';

const daemon = { daemon: true };
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

it('gives an event a time, the level of its log line and a code, and keeps its members', () => {
  const cycle = cycleEvent({ rows: 7 });
  expect(eventJson(cycle, daemon)).toEqual({ ...cycle, time, level: 'info', code: null });
  const waiting = waitingEvent('store', 'SQL_BUSY', 60_000);
  expect(eventJson({ ...waiting, level: 'warn' }, daemon)).toEqual({ ...waiting, time, level: 'warning' });
});

it('gives what the command itself says the same head', () => {
  const error = { code: 'CLI_UNEXPECTED', message: 'It failed' };
  expect(lineJson('error', 'critical', error)).toEqual({ type: 'error', time, level: 'critical', ...error });
  expect(lineJson('log', 'info', { text: 'x' })).toEqual({ type: 'log', time, level: 'info', code: null, text: 'x' });
});
