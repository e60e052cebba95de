import { SinkError } from '@dbsync/core/contract';
import { aboutView } from '@dbsync/sql';
import { describe, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mssql-address.js';
import { createErrorClassifier } from './mssql-errors.js';
import { ConnectFailure, LostConnection } from './tds-failures.js';

let wasOpen = false;
const address = readAddress(serverTarget('sqlserver://u:canary@db.example/shop'));
const toSinkError = createErrorClassifier(address, () => wasOpen);

function serverError(number: number, severity = 16, message = 'what the server says'): Error {
  return Object.assign(new Error(message), { code: 'EREQUEST', number, state: 1, class: severity });
}

function driverError(code: string, message = 'what the driver says', cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

function refusedLogin(...numbers: number[]): ConnectFailure {
  const reported = numbers.map((number) => ({ number, class: 14, message: `error ${number}` }));
  return new ConnectFailure(driverError('ELOGIN', 'Login failed'), reported);
}

describe('the verdict', () => {
  it.each([
    [1205, 'MSSQL_BUSY', 'retryable'],
    [1222, 'MSSQL_BUSY', 'retryable'],
    [3960, 'MSSQL_BUSY', 'retryable'],
    [1105, 'MSSQL_FULL', 'retryable'],
    [9002, 'MSSQL_FULL', 'retryable'],
    [40544, 'MSSQL_FULL', 'retryable'],
    [229, 'MSSQL_PRIVILEGE_MISSING', 'fatal'],
    [262, 'MSSQL_PRIVILEGE_MISSING', 'fatal'],
    [2760, 'MSSQL_PRIVILEGE_MISSING', 'fatal'],
    [207, 'MSSQL_SCHEMA_CHANGED', 'fatal'],
    [208, 'MSSQL_SCHEMA_CHANGED', 'fatal'],
    [2714, 'MSSQL_SCHEMA_CHANGED', 'fatal'],
    [2627, 'MSSQL_ROW_REFUSED', 'refused'],
    [2601, 'MSSQL_ROW_REFUSED', 'refused'],
    [547, 'MSSQL_ROW_REFUSED', 'refused'],
    [515, 'MSSQL_ROW_REFUSED', 'refused'],
    [8152, 'MSSQL_ROW_REFUSED', 'refused'],
    [2628, 'MSSQL_ROW_REFUSED', 'refused'],
    [511, 'MSSQL_ROW_REFUSED', 'refused'],
    [3609, 'MSSQL_ROW_REFUSED', 'refused'],
    [50_000, 'MSSQL_ROW_REFUSED', 'refused'],
    [102, 'MSSQL_FAILED', 'retryable'],
  ])('of error %i is %s, %s, and nothing was committed', (number, code, verdict) => {
    expect(toSinkError(serverError(number))).toMatchObject({
      code,
      verdict,
      outcome: 'not-committed',
      connectionLost: false,
    });
  });

  it.each([
    [3906, 'MSSQL_READ_ONLY'],
    [976, 'MSSQL_READ_ONLY'],
    [978, 'MSSQL_READ_ONLY'],
    [40613, 'MSSQL_UNREACHABLE'],
    [40197, 'MSSQL_UNREACHABLE'],
    [40501, 'MSSQL_BUSY'],
    [49918, 'MSSQL_BUSY'],
  ])('of error %i, after which another server may answer, is %s, and the connection is lost', (number, code) => {
    expect(toSinkError(serverError(number))).toMatchObject({ code, verdict: 'retryable', connectionLost: true });
  });

  it.each([
    [102, true],
    [12_345, true],
    [1205, false],
    [1105, false],
    [976, false],
    [40_613, false],
    [596, false],
  ])('R34 of error %i is unclassified: %s', (number, isUnclassified) => {
    expect(toSinkError(serverError(number))).toMatchObject({ verdict: 'retryable', isUnclassified });
  });

  it('R34 of a full disk says that an operator must act', () => {
    expect([1105, 1205].map((number) => toSinkError(serverError(number)).isOutOfSpace)).toEqual([true, false]);
  });

  it('asks for 10 s of peace where Azure does', () => {
    expect(toSinkError(serverError(40501))).toMatchObject({ retryAfterMs: 10_000 });
    expect(toSinkError(serverError(1205)).retryAfterMs).toBeUndefined();
  });

  it.each([
    [596, 16],
    [6005, 10],
    [40553, 16],
    [12345, 20],
  ])('of error %i of class %i, which ends the session, leaves the outcome open', (number, severity) => {
    const verdict = { code: 'MSSQL_CONNECTION_LOST', verdict: 'retryable', connectionLost: true };
    expect(toSinkError(serverError(number, severity))).toMatchObject({ ...verdict, outcome: 'unknown' });
    expect(toSinkError(serverError(number, severity), 'not-committed')).toMatchObject({
      ...verdict,
      outcome: 'not-committed',
    });
  });

  it.each([
    [new LostConnection('gone'), 'MSSQL_CONNECTION_LOST', 'retryable', 'unknown'],
    [driverError('ECANCEL'), 'MSSQL_ABORTED', 'retryable', 'unknown'],
    [driverError('ETIMEOUT'), 'MSSQL_BUSY', 'retryable', 'unknown'],
    [new DOMException('over', 'AbortError'), 'MSSQL_ABORTED', 'retryable', 'unknown'],
    [new TypeError('mistaken'), 'MSSQL_FAILED', 'fatal', 'unknown'],
    ['no error at all', 'MSSQL_FAILED', 'retryable', 'unknown'],
  ])('of %s', (error, code, verdict, outcome) => {
    expect(toSinkError(error)).toMatchObject({ code, verdict, outcome });
  });

  it('of several errors is that of the first that tells something', () => {
    const errors = [serverError(3621, 0), serverError(547), serverError(1205)];
    expect(toSinkError(new AggregateError(errors))).toMatchObject({ code: 'MSSQL_ROW_REFUSED' });
  });
});

describe('a connection that did not come about', () => {
  it.each([
    ['ESOCKET', driverError('ECONNREFUSED'), 'MSSQL_UNREACHABLE', 'retryable'],
    ['ETIMEOUT', undefined, 'MSSQL_UNREACHABLE', 'retryable'],
    ['EINSTLOOKUP', undefined, 'MSSQL_UNREACHABLE', 'retryable'],
    ['ECLOSE', undefined, 'MSSQL_ABORTED', 'retryable'],
    ['EENCRYPT', undefined, 'MSSQL_TLS_FAILED', 'fatal'],
    ['ESOCKET', driverError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'MSSQL_TLS_FAILED', 'fatal'],
    ['ESOCKET', driverError('ERR_TLS_CERT_ALTNAME_INVALID'), 'MSSQL_TLS_FAILED', 'fatal'],
    ['ELOGIN', undefined, 'MSSQL_LOGIN_REFUSED', 'fatal'],
  ])('by %s (%s) is %s, %s', (code, cause, sinkCode, verdict) => {
    const failure = new ConnectFailure(driverError(code, 'what the driver says', cause), []);
    expect(toSinkError(failure)).toMatchObject({ code: sinkCode, verdict, outcome: 'not-committed' });
  });

  it.each([
    [[18456], 'MSSQL_LOGIN_REFUSED', 'fatal'],
    [[4060, 18456], 'MSSQL_DATABASE_MISSING', 'fatal'],
    [[911], 'MSSQL_DATABASE_MISSING', 'fatal'],
    [[40615], 'MSSQL_LOGIN_REFUSED', 'fatal'],
    [[18461], 'MSSQL_UNREACHABLE', 'retryable'],
    [[40613], 'MSSQL_UNREACHABLE', 'retryable'],
  ])('by the errors %j is %s, %s', (numbers, code, verdict) => {
    wasOpen = false;
    expect(toSinkError(refusedLogin(...numbers))).toMatchObject({ code, verdict, outcome: 'not-committed' });
  });

  it('to a database that was open before is one to be repeated: it is being recovered', () => {
    wasOpen = true;
    const recovering = { code: 'MSSQL_UNREACHABLE', verdict: 'retryable', connectionLost: true };
    expect(toSinkError(refusedLogin(4060, 18456))).toMatchObject(recovering);
    expect(toSinkError(refusedLogin(18456))).toMatchObject({ code: 'MSSQL_LOGIN_REFUSED', verdict: 'fatal' });
  });

  it('to several addresses tells of each', () => {
    const refused = ['::1', '127.0.0.1'].map((host) => driverError('ECONNREFUSED', `refused by ${host}`));
    const failure = driverError('ESOCKET', 'Could not connect', new AggregateError(refused, 'Could not connect'));
    expect(toSinkError(new ConnectFailure(failure, [])).message).toContain('refused by ::1, refused by 127.0.0.1');
  });
});

it.each([
  ['canceling statement due to lock timeout', 'MSSQL_BUSY', 'retryable'],
  ['could not serialize access due to concurrent update', 'MSSQL_BUSY', 'retryable'],
  ['permission denied for table contacts', 'MSSQL_PRIVILEGE_MISSING', 'fatal'],
  ['invalid input syntax for type numeric: "x"', 'MSSQL_ROW_REFUSED', 'refused'],
  ['relation "x" does not exist', 'MSSQL_SCHEMA_CHANGED', 'fatal'],
  ['anything else', 'MSSQL_FAILED', 'retryable'],
])('tells the errors of Babelfish, which all have one number, by their words: %s', (message, code, verdict) => {
  expect(toSinkError(serverError(33_557_097, 16, message))).toMatchObject({ code, verdict });
});

it('leaves an error alone that has been classified', () => {
  const own = new SinkError('SQL_FENCED', 'gone', { verdict: 'fenced', outcome: 'not-committed' });
  expect(toSinkError(own)).toBe(own);
});

it('names the place, the cause and the remedy, and no password', () => {
  wasOpen = false;
  const { message, cause } = toSinkError(refusedLogin(4060));
  expect(message).toBe(
    'SQL Server db.example:1433, database shop: error 4060 (error 4060). Create it: CREATE DATABASE [shop]; or give the login access: USE [shop]; CREATE USER [u] FOR LOGIN [u]',
  );
  expect(cause).toBeInstanceOf(ConnectFailure);
  expect(toSinkError(serverError(262)).message).toContain(
    'GRANT CREATE TABLE TO [u]; GRANT ALTER, REFERENCES, SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[dbo] TO [u]',
  );
});

it('names the rights for views where a view could not be made', () => {
  const { message } = toSinkError(aboutView(serverError(262)));
  expect(message).toMatch(/\. Grant it: GRANT CREATE VIEW TO \[u\]; GRANT ALTER ON SCHEMA::\[dbo\] TO \[u\]$/);
});

describe('R34 an error of a trigger', () => {
  const inTrigger = (number: number) => Object.assign(serverError(number), { procName: 'dbo.audit' });

  it.each([208, 207, 229])('names it, and gives no advice about the tables of dbsync: error %i', (number) => {
    const { code, verdict, message } = toSinkError(inTrigger(number));
    expect({ code, verdict }).toEqual({ code: 'SQL_TRIGGER_FAILED', verdict: 'fatal' });
    expect(message).toContain(`(error ${number}) in dbo.audit, which dbsync did not make`);
    expect(message).not.toContain('GRANT');
  });

  it('that refuses a row is named too', () => {
    const error = toSinkError(inTrigger(50_000));
    expect(error).toMatchObject({ code: 'MSSQL_ROW_REFUSED', message: expect.stringContaining('in dbo.audit') });
  });

  it("is not seen in one of the server's own procedures", () => {
    const own = Object.assign(serverError(208), { procName: 'sp_executesql' });
    expect(toSinkError(own)).toMatchObject({ code: 'MSSQL_SCHEMA_CHANGED' });
  });
});

it('grants to the user and on the schema that the session has', () => {
  const account = { user: 'copier', schema: 'reports' };
  const classify = createErrorClassifier(
    address,
    () => true,
    () => account,
  );
  expect(classify(serverError(262)).message).toContain('ON SCHEMA::[reports] TO [copier]');
  expect(toSinkError(serverError(262)).message).toContain('ON SCHEMA::[dbo] TO [u]');
});
