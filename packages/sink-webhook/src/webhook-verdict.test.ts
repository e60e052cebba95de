import { expect, it } from 'vitest';
import type { Answer } from './answer.js';
import { verdictOf } from './webhook-verdict.js';

const URL_OF_TARGET = new URL('https://h.example/hooks/T0KEN?key=k3y');

function judge(status: number, more: Partial<Answer> = {}, refused: readonly number[] = [410]) {
  const nothing = { date: undefined, retryAfter: undefined, location: undefined, beginning: '' };
  return verdictOf({ status, ...nothing, ...more }, URL_OF_TARGET, new Set(refused));
}

it.each([200, 201, 202, 204, 207, 299])('%d accepts', (status) => {
  expect(judge(status)).toEqual({ verdict: 'accepted' });
});

it.each([301, 302, 303, 304, 307, 308, 401, 403, 404, 405, 407, 421, 426])(
  'R31 %d is about address or credentials',
  (status) => {
    expect(judge(status)).toMatchObject({
      verdict: 'retry',
      fault: 'setup',
      reason: expect.stringContaining(`HTTP ${status}`),
    });
  },
);

it.each([429, 502, 503, 504, 521, 530])('R31 %d is about the target', (status) => {
  expect(judge(status)).toMatchObject({
    verdict: 'retry',
    fault: 'target',
    reason: expect.stringContaining(`HTTP ${status}`),
  });
});

it.each([400, 402, 406, 408, 409, 411, 413, 415, 418, 422, 425, 431, 500, 501, 505, 599, 600, 999])(
  'R31 %d may be about the message',
  (status) => {
    expect(judge(status, { beginning: 'no' })).toMatchObject({ verdict: 'retry', fault: 'message', answer: 'no' });
  },
);

it('R31 410 has a verdict of its own, with its answer, unless the list of refusals is without it', () => {
  expect(judge(410, { beginning: 'deleted' })).toEqual({ verdict: 'gone', reason: 'HTTP 410 Gone', answer: 'deleted' });
  expect(judge(410, {}, [422])).toMatchObject({ verdict: 'retry', fault: 'message' });
});

it.each([
  [422, 'message'],
  [409, 'message'],
  [404, 'setup'],
  [308, 'setup'],
])('R31 %d refuses for good where the list has it, and is about the %s', (status, fault) => {
  expect(judge(status, { beginning: 'no' }, [308, 404, 409, 422])).toMatchObject({
    verdict: 'refused',
    answer: 'no',
    fault,
  });
});

it.each([
  [undefined, ' without a location'],
  ['http://[', ' without a location'],
  ['https://h.example/hooks/T0KEN?key=k3y', ': it points to https://h.example, same path'],
  ['http://h.example/hooks/T0KEN?key=k3y', ': it points to http://h.example, same path'],
  ['?key=k3y/', ': it points to https://h.example, same path with a slash at its end'],
  ['/login?next=T0KEN', ': it points to https://h.example, another path'],
  ['//user:k3y@other.example:8443/', ': it points to https://other.example:8443, another path'],
  ['data:,k3y', ': it points to data:, another path'],
])('a redirect to %s says%s', (location, where) => {
  const verdict = judge(308, { location });
  expect(verdict).toMatchObject({ reason: `HTTP 308 Permanent Redirect${where}, and redirects are not followed` });
  expect(JSON.stringify(verdict)).not.toMatch(/T0KEN|k3y/);
});

it('a date is read by the clock of the receiver', () => {
  const date = 'Mon, 02 Mar 2026 09:00:00 GMT';
  expect(judge(503, { date, retryAfter: 'Mon, 02 Mar 2026 09:01:30 GMT' })).toMatchObject({ retryAfterMs: 90_000 });
  const soon = new Date(Date.now() + 3_600_000).toUTCString();
  expect(judge(503, { date: 'now', retryAfter: soon })).toMatchObject({ retryAfterMs: expect.any(Number) });
});

it('takes a success without the text that it must have for no acceptance', () => {
  const answer = { status: 200, date: undefined, retryAfter: undefined, location: undefined, beginning: 'Log in' };
  expect(verdictOf(answer, URL_OF_TARGET, new Set(), false)).toEqual({
    verdict: 'retry',
    fault: 'message',
    reason: 'HTTP 200 OK, without the text of --webhook-accept-if-contains',
    answer: 'Log in',
  });
});
