import { SinkError } from '@dbsync/core/contract';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './postgres-address.js';
import { createErrorClassifier } from './postgres-errors.js';

const toSinkError = createErrorClassifier(readAddress(serverTarget('postgres://u:canary@db.example/shop')));

function serverError(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('what the server says', 0, 'error'), { code });
}

function failure(properties: object, message = 'what the driver says'): Error {
  return Object.assign(new Error(message), properties);
}

describe('the verdict', () => {
  it.each([
    ['40P01', 'POSTGRES_BUSY', 'retryable'],
    ['40001', 'POSTGRES_BUSY', 'retryable'],
    ['53100', 'POSTGRES_FULL', 'retryable'],
    ['53300', 'POSTGRES_BUSY', 'retryable'],
    ['57P03', 'POSTGRES_UNREACHABLE', 'retryable'],
    ['22003', 'POSTGRES_ROW_REFUSED', 'refused'],
    ['23514', 'POSTGRES_ROW_REFUSED', 'refused'],
    ['54000', 'POSTGRES_ROW_REFUSED', 'refused'],
    ['P0001', 'POSTGRES_ROW_REFUSED', 'refused'],
    ['42P01', 'POSTGRES_SCHEMA_CHANGED', 'fatal'],
    ['42P07', 'POSTGRES_SCHEMA_CHANGED', 'fatal'],
    ['42809', 'POSTGRES_SCHEMA_CHANGED', 'fatal'],
    ['21000', 'POSTGRES_ROW_REFUSED', 'refused'],
    ['45000', 'POSTGRES_ROW_REFUSED', 'refused'],
    ['42703', 'POSTGRES_SCHEMA_CHANGED', 'fatal'],
    ['XX000', 'POSTGRES_FAILED', 'retryable'],
  ])('of SQLSTATE %s is %s, and nothing was committed', (state, code, verdict) => {
    expect(toSinkError(serverError(state))).toMatchObject({ code, verdict, outcome: 'not-committed' });
  });

  it.each([
    ['XX000', true],
    ['0A000', true],
    ['AB123', true],
    ['40P01', false],
    ['53100', false],
    ['57P03', false],
    ['58030', false],
    ['25006', false],
    ['08006', false],
  ])('R34 of SQLSTATE %s is unclassified: %s', (state, isUnclassified) => {
    expect(toSinkError(serverError(state))).toMatchObject({ verdict: 'retryable', isUnclassified });
  });

  it('R34 of an unclassified error has the detail, the object and the context that the server gives', () => {
    const reported = { detail: 'no partition', schema: 'public', table: 'mcall_contacts', where: 'COPY stage, line 1' };
    const { message } = toSinkError(Object.assign(serverError('XX000'), reported));
    const ending = 'detail: no partition; object: public.mcall_contacts; context: COPY stage, line 1';
    expect(message).toContain(`what the server says (SQLSTATE XX000); ${ending}`);
  });

  it('R34 of a full disk says that an operator must act', () => {
    expect(toSinkError(serverError('53100'))).toMatchObject({ isOutOfSpace: true });
    expect(toSinkError(serverError('53300'))).toMatchObject({ isOutOfSpace: false });
  });

  it.each(['57P01', '57P02', '57P04', '57P05', '25P03', '08006'])(
    'of SQLSTATE %s, which ends the session, leaves the outcome open',
    (state) => {
      const verdict = { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable' };
      expect(toSinkError(serverError(state))).toMatchObject({ ...verdict, outcome: 'unknown' });
      expect(toSinkError(serverError(state), 'not-committed')).toMatchObject({ ...verdict, outcome: 'not-committed' });
    },
  );

  it.each([
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'POSTGRES_UNREACHABLE', 'retryable', 'not-committed'],
    [{ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, 'POSTGRES_UNREACHABLE', 'retryable', 'not-committed'],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, 'POSTGRES_CONNECTION_LOST', 'retryable', 'unknown'],
    [{ code: 'ECONNRESET', syscall: 'read' }, 'POSTGRES_CONNECTION_LOST', 'retryable', 'unknown'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'POSTGRES_TLS_FAILED', 'fatal', 'not-committed'],
    [{ name: 'AbortError' }, 'POSTGRES_ABORTED', 'retryable', 'unknown'],
    [{ name: 'TypeError' }, 'POSTGRES_FAILED', 'fatal', 'unknown'],
  ])('of %o', (properties, code, verdict, outcome) => {
    expect(toSinkError(failure(properties))).toMatchObject({ code, verdict, outcome });
  });

  it.each(['53300', '57P03', '25006'])(
    'of SQLSTATE %s, which leaves us without a connection, says that it is lost',
    (state) => {
      expect(toSinkError(serverError(state))).toMatchObject({ verdict: 'retryable', connectionLost: true });
    },
  );

  it('of several addresses that all refused tells of each', () => {
    const refused = ['::1', '127.0.0.1'].map((address) => failure({ code: 'ECONNREFUSED' }, `refused by ${address}`));
    const error = toSinkError(Object.assign(new AggregateError(refused), { code: 'ECONNREFUSED' }));
    expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE', outcome: 'not-committed' });
    expect(error.message).toContain('refused by ::1, refused by 127.0.0.1');
  });
});

it('leaves an error alone that has been classified', () => {
  const own = new SinkError('SQL_FENCED', 'gone', { verdict: 'fenced', outcome: 'not-committed' });
  expect(toSinkError(own)).toBe(own);
});

it('names the place, the cause and the remedy, and no password', () => {
  const { message, cause } = toSinkError(serverError('3D000'));
  expect(message).toBe(
    `PostgreSQL db.example:5432, database shop: what the server says (SQLSTATE 3D000). Create it: CREATE DATABASE "shop" ENCODING 'UTF8' TEMPLATE template0`,
  );
  expect(cause).toBeInstanceOf(pg.DatabaseError);
});
