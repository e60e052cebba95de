import { expect, it } from 'vitest';
import { fileSink } from './run-log.js';

it('tells once that no line can be written, and why, and goes on', () => {
  const reported: string[] = [];
  const written: string[] = [];
  let isFull = true;
  const append = (line: string) => {
    if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    written.push(line);
  };
  const write = fileSink({ path: '/logs/C.log', append, close: () => {} }, (text) => reported.push(text));
  for (const line of ['one', 'two']) write(line);
  isFull = false;
  write('three');
  isFull = true;
  write('four');
  const failed = 'CLI_LOG_FAILED: /logs/C.log cannot be written to (ENOSPC): the run continues without these lines.';
  expect(reported).toEqual([failed, failed]);
  expect(written).toEqual(['three']);
});
