import { SinkError } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { classifierBy, type ErrorVerdict, isMistake } from './error-classifier.js';

type Code = 'T_BUSY' | 'T_FULL' | 'T_LOST';

const LOST: ErrorVerdict<Code> = { code: 'T_LOST', verdict: 'retryable', ended: true };
const MEANINGS: Readonly<Record<string, ErrorVerdict<Code>>> = {
  busy: { code: 'T_BUSY', verdict: 'retryable', retryAfterMs: 70 },
  full: { code: 'T_FULL', verdict: 'retryable', unknown: true },
  unreached: { code: 'T_LOST', verdict: 'fatal', unreached: true },
};

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const lists = {
  classify: (error: unknown) => MEANINGS[textOf(error)] ?? LOST,
  message: (error: unknown, { code }: ErrorVerdict<Code>) => `${code}: ${textOf(error)}`,
  full: 'T_FULL',
} as const;
const toSinkError = classifierBy<Code>(lists);

it('makes an error with the facts of its meaning', () => {
  const cause = new Error('busy');
  expect(toSinkError(cause)).toMatchObject({
    message: 'T_BUSY: busy',
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: false,
    isUnclassified: false,
    isOutOfSpace: false,
    retryAfterMs: 70,
    cause,
  });
  expect(toSinkError(new Error('full'))).toMatchObject({ isOutOfSpace: true, isUnclassified: true });
});

it('R10 counts a session that ended, or was not reached, as a lost connection', () => {
  expect(toSinkError(new Error('unreached'))).toMatchObject({ connectionLost: true, outcome: 'not-committed' });
  expect(toSinkError(new Error('cut'))).toMatchObject({ connectionLost: true, outcome: 'unknown' });
});

it('takes the outcome that the caller knows, where the call may have committed', () => {
  expect(toSinkError(new Error('cut'), 'not-committed').outcome).toBe('not-committed');
  const cautious = classifierBy<Code>({ ...lists, mayHaveCommitted: () => true });
  expect(cautious(new Error('busy')).outcome).toBe('unknown');
});

it('leaves an error as it is that was classified before', () => {
  const error = new SinkError('T_BUSY', 'busy', { verdict: 'refused', outcome: 'not-committed' });
  expect(toSinkError(error)).toBe(error);
});

it('tells a mistake of the program from an error of a server', () => {
  expect([new TypeError('a'), new Error('a')].map(isMistake)).toEqual([true, false]);
});
