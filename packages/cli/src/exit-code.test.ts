import { DbsyncError } from '@dbsync/core';
import { SinkError } from '@dbsync/core/contract';
import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.js';
import { asBadInput, exitCodeOf, failureOf } from './exit-code.js';

const fatal = { verdict: 'fatal', outcome: 'not-committed' } as const;
const SINK_CODES = { TEST_HOST_UNKNOWN: { what: 'x', normal: null, remedy: 'Correct it.', exit: 2 } } as const;

describe('exitCodeOf', () => {
  it('is 0 for what is done, and 128 + n where a signal came before', () => {
    expect(exitCodeOf({ kind: 'done' })).toBe(0);
    expect(exitCodeOf({ kind: 'stopped', signal: 'SIGINT' })).toBe(130);
    expect(exitCodeOf({ kind: 'stopped', signal: 'SIGTERM' })).toBe(143);
  });

  it('is that of the failure', () => {
    expect(exitCodeOf({ kind: 'failed', failure: failureOf(new CliError('CLI_OPTION_UNKNOWN', 'x'), {}) })).toBe(2);
  });
});

describe('failureOf', () => {
  it.each([
    [new CliError('CLI_LOG_DIR_UNWRITABLE', 'x'), 3],
    [new DbsyncError('API_TOKEN_REFUSED', 'x'), 2],
    [new DbsyncError('STREAM_HELD', 'x'), 3],
    [new SinkError('TEST_HOST_UNKNOWN', 'x', fatal), 2],
    [new SinkError('OTHER', 'x', fatal), 3],
    [new SinkError('OTHER', 'x', { verdict: 'retryable', outcome: 'unknown' }), 1],
    [new SinkError('OTHER', 'x', { verdict: 'fenced', outcome: 'not-committed' }), 3],
    [asBadInput(new SinkError('OTHER', 'x', fatal)), 2],
  ])('of %s has exit class %i', (error, exit) => {
    expect(failureOf(error, SINK_CODES)).toMatchObject({ message: 'x', exit });
  });

  it('tells code and remedy', () => {
    expect(failureOf(new SinkError('TEST_HOST_UNKNOWN', 'No such host', fatal), SINK_CODES)).toEqual({
      code: 'TEST_HOST_UNKNOWN',
      message: 'No such host',
      what: 'x',
      remedy: 'Correct it.',
      exit: 2,
    });
  });

  it.each([new TypeError('x'), 'x', Object.assign(new Error('x'), { code: 'ENOENT' })])(
    'gives a name to what has none: %s',
    (error) => {
      expect(failureOf(error, SINK_CODES)).toMatchObject({ code: 'CLI_UNEXPECTED', message: 'x', exit: 1 });
    },
  );
});
