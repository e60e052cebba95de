import { expect, it } from 'vitest';
import { createLogWriter } from './log-writer.js';

const hide = (text: string) => text.replaceAll('secret', '***');

it('writes one line an entry, from the level on, to each of its sinks, without secrets', async () => {
  const one: string[] = [];
  const two: string[] = [];
  const log = createLogWriter({
    level: 'notice',
    redact: hide,
    sinks: [(line) => one.push(line), (line) => two.push(line)],
  });
  log.write('info', 'too small');
  log.write('notice', 'a\nsecret\u001b');
  log.write('critical', 'b');
  await log.close();
  expect(one.map((line) => line.replace(/^\S+/, 'TIME'))).toEqual(['TIME NOTICE   a\\n***\\u001b', 'TIME CRITICAL b']);
  expect(one.every((line) => /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z /.test(line))).toBe(true);
  expect(two).toEqual(one);
});

it('closes without a sink', async () => {
  const log = createLogWriter({ level: 'debug', redact: hide, sinks: [] });
  log.write('error', 'x');
  await log.close();
  expect(log).toBeDefined();
});
