import { SinkError } from '@dbsync/core/contract';
import { describe, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mysql-address.js';
import { createErrorClassifier } from './mysql-errors.js';

const toSinkError = createErrorClassifier(readAddress(serverTarget('mysql://u:canary@db.example/shop')));

function failure(properties: object, message = 'what the driver says'): Error {
  return Object.assign(new Error(message), properties);
}

const serverError = (errno: number) => failure({ errno, code: 'ER_ANY', sqlState: 'HY000' }, 'what the server says');

describe('the verdict', () => {
  it.each([
    [1205, 'MYSQL_BUSY', 'retryable'],
    [1213, 'MYSQL_BUSY', 'retryable'],
    [1969, 'MYSQL_BUSY', 'retryable'],
    [3024, 'MYSQL_BUSY', 'retryable'],
    [1045, 'MYSQL_LOGIN_REFUSED', 'fatal'],
    [1049, 'MYSQL_DATABASE_MISSING', 'fatal'],
    [1044, 'MYSQL_PRIVILEGE_MISSING', 'fatal'],
    [1142, 'MYSQL_PRIVILEGE_MISSING', 'fatal'],
    [1021, 'MYSQL_FULL', 'retryable'],
    [1114, 'MYSQL_FULL', 'retryable'],
    [1665, 'MYSQL_SETTINGS_UNFIT', 'fatal'],
    [1054, 'MYSQL_SCHEMA_CHANGED', 'fatal'],
    [1050, 'MYSQL_SCHEMA_CHANGED', 'fatal'],
    [1146, 'MYSQL_SCHEMA_CHANGED', 'fatal'],
    [1347, 'MYSQL_SCHEMA_CHANGED', 'fatal'],
    [1305, 'MYSQL_ROW_REFUSED', 'refused'],
    [1048, 'MYSQL_ROW_REFUSED', 'refused'],
    [1118, 'MYSQL_ROW_REFUSED', 'refused'],
    [1406, 'MYSQL_ROW_REFUSED', 'refused'],
    [1644, 'MYSQL_ROW_REFUSED', 'refused'],
    [4025, 'MYSQL_ROW_REFUSED', 'refused'],
    [1064, 'MYSQL_FAILED', 'retryable'],
  ])('of error %i is %s, and nothing was committed', (errno, code, verdict) => {
    expect(toSinkError(serverError(errno))).toMatchObject({
      code,
      verdict,
      outcome: 'not-committed',
      connectionLost: false,
    });
  });

  it.each([
    [1064, true],
    [31_001, true],
    [1205, false],
    [1021, false],
    [1040, false],
    [1053, false],
    [1290, false],
  ])('R34 of error %i is unclassified: %s', (errno, isUnclassified) => {
    expect(toSinkError(serverError(errno))).toMatchObject({ verdict: 'retryable', isUnclassified });
  });

  it('R34 of a full disk says that an operator must act', () => {
    expect([1021, 1205].map((errno) => toSinkError(serverError(errno)).isOutOfSpace)).toEqual([true, false]);
  });

  it.each([
    [1005, `Can't create table "copy"."dbsync_stage_2" (errno: 28 "No space left on device")`, false],
    [1, `Can't create/write to file '/tmp/ML8a' (Errcode: 28 "No space left on device")`, false],
    [1025, `Error on rename of './copy/a' to './copy/b' (errno: 122 "Disk quota exceeded")`, false],
    [1005, `Can't create table "copy"."x" (errno: 150 "Foreign key constraint is incorrectly formed")`, true],
  ])('R34 of a full disk is known by the number of the operating system too: %i %s', (errno, text, isUnclassified) => {
    const error = toSinkError(failure({ errno, code: 'ER_ANY', sqlState: 'HY000' }, text));
    expect(error).toMatchObject({ verdict: 'retryable', isUnclassified, isOutOfSpace: !isUnclassified });
  });

  it.each([1053, 1152, 1158, 1180, 1927, 4031])(
    'of error %i, which ends the session, leaves the outcome open',
    (errno) => {
      const verdict = { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', connectionLost: true };
      expect(toSinkError(serverError(errno))).toMatchObject({ ...verdict, outcome: 'unknown' });
      expect(toSinkError(serverError(errno), 'not-committed')).toMatchObject({ ...verdict, outcome: 'not-committed' });
    },
  );

  it.each([
    [1040, 'MYSQL_BUSY'],
    [1203, 'MYSQL_BUSY'],
    [1226, 'MYSQL_BUSY'],
    [1290, 'MYSQL_READ_ONLY'],
    [1792, 'MYSQL_READ_ONLY'],
    [1836, 'MYSQL_READ_ONLY'],
    [1047, 'MYSQL_UNREACHABLE'],
  ])('of error %i, which leaves us without the server that was meant, says that it is lost', (errno, code) => {
    const verdict = { code, verdict: 'retryable', outcome: 'not-committed', connectionLost: true };
    expect(toSinkError(serverError(errno))).toMatchObject(verdict);
  });

  it.each([
    [{ code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }, 'MYSQL_UNREACHABLE', 'retryable', 'not-committed'],
    [{ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, 'MYSQL_UNREACHABLE', 'retryable', 'not-committed'],
    [
      { code: 'ETIMEDOUT', errorno: 'ETIMEDOUT', syscall: 'connect' },
      'MYSQL_UNREACHABLE',
      'retryable',
      'not-committed',
    ],
    [{ code: 'ECONNRESET', errno: -104, syscall: 'read' }, 'MYSQL_CONNECTION_LOST', 'retryable', 'unknown'],
    [{ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 'MYSQL_CONNECTION_LOST', 'retryable', 'unknown'],
    [{ code: 'HANDSHAKE_NO_SSL_SUPPORT' }, 'MYSQL_TLS_FAILED', 'fatal', 'not-committed'],
    [{ code: 'HANDSHAKE_SSL_ERROR' }, 'MYSQL_TLS_FAILED', 'fatal', 'not-committed'],
    [{ code: 'HANDSHAKE_SSL_ERROR', errno: -104, syscall: 'read' }, 'MYSQL_UNREACHABLE', 'retryable', 'not-committed'],
    [{ name: 'AbortError' }, 'MYSQL_ABORTED', 'retryable', 'unknown'],
    [{ name: 'TypeError' }, 'MYSQL_FAILED', 'fatal', 'unknown'],
  ])('of %o', (properties, code, verdict, outcome) => {
    expect(toSinkError(failure(properties))).toMatchObject({ code, verdict, outcome });
  });

  it('of a server without encryption does not ask for a certificate', () => {
    const { message } = toSinkError(failure({ code: 'HANDSHAKE_NO_SSL_SUPPORT' }));
    expect(message).toMatch(/ssl-mode=/);
    expect(message).not.toMatch(/ssl-ca/);
  });

  it('of several addresses that all refused tells of each', () => {
    const refused = ['::1', '127.0.0.1'].map((address) => failure({ code: 'ECONNREFUSED' }, `refused by ${address}`));
    const error = toSinkError(Object.assign(new AggregateError(refused), { code: 'ECONNREFUSED' }));
    expect(error).toMatchObject({ code: 'MYSQL_UNREACHABLE', outcome: 'not-committed' });
    expect(error.message).toContain('refused by ::1, refused by 127.0.0.1');
  });
});

it('leaves an error alone that has been classified', () => {
  const own = new SinkError('SQL_FENCED', 'gone', { verdict: 'fenced', outcome: 'not-committed' });
  expect(toSinkError(own)).toBe(own);
});

it('names the place, the cause and the remedy, and no password', () => {
  const { message } = toSinkError(serverError(1049));
  expect(message).toBe(
    'MySQL db.example:3306, database shop: what the server says (error 1049). Create it: CREATE DATABASE `shop` CHARACTER SET utf8mb4',
  );
});
