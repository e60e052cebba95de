import { expect, it } from 'vitest';
import { createOutput } from '../terminal/output.js';
import { createVerifyProgress, verifyProgressText } from './verify-progress.js';

it('says that the comparison waits for the running process, and for how long', () => {
  expect(verifyProgressText({ step: 'wait', done: 7, of: null }, 12_000)).toBe(
    '7 differences, waiting for the running process to read on: 12.0 s of at most 10 min',
  );
  expect(verifyProgressText({ step: 'compare', done: 500, of: 2_000 }, 1_000)).toBe(
    '500 of about 2,000 contacts compared, 500 a second, 3.0 s left',
  );
});

it('says without a terminal at once that it waits, and then seldom', () => {
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text), on: () => {} };
  const show = createVerifyProgress(createOutput(stream, (text) => text));
  show({ step: 'confirm', done: 1, of: null });
  for (let look = 0; look < 3; look++) show({ step: 'wait', done: 1, of: null });
  expect(written).toEqual([expect.stringMatching(/^1 difference, waiting .* of at most 10 min\n$/)]);
});
