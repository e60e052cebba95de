import { expect, it } from 'vitest';
import { readHeaders } from './custom-headers.js';

it('reads a header a line, whatever the line ends with', () => {
  expect(readHeaders('X-A: 1\r\n\n  x-b :  b: c \nX-Empty:')).toEqual({ 'x-a': '1', 'x-b': 'b: c', 'x-empty': '' });
  expect(readHeaders('')).toEqual({});
  expect(Object.keys(readHeaders('__proto__: x'))).toEqual(['__proto__']);
});

it.each([
  ['hunter2', 'no colon'],
  [': hunter2', 'no name'],
  ['hunter 2: x', 'no name'],
  ['X-A: hunter2\u0000', 'the value of x-a'],
  ['X-A: hunter2\nx-a: 2', 'x-a is given twice'],
  ['Webhook-Signature: hunter2', 'set by dbsync itself'],
  ['Content-Type: text/plain', 'set by dbsync itself'],
  ['Transfer-Encoding: chunked', 'set by dbsync itself'],
  ['Host: hunter2', 'set by dbsync itself'],
])('refuses %j without repeating a value', (lines, words) => {
  const read = () => readHeaders(lines);
  expect(read).toThrow(expect.objectContaining({ code: 'WEBHOOK_OPTION_INVALID', verdict: 'fatal' }));
  expect(read).toThrow(words);
  expect(read).not.toThrow('hunter');
});
