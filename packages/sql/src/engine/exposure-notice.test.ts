import { expect, it } from 'vitest';
import { exposureNotice, exposureOf } from './exposure-notice.js';
import type { SqlEngine } from './sql-engine.js';

it.each([
  [true, false, true, undefined],
  [false, false, true, 'plain'],
  [false, true, false, 'unproven'],
  [false, true, true, undefined],
])('local %j, encrypted %j, proven %j: %j', (isLocal, isEncrypted, isProven, exposure) => {
  expect(exposureOf(isLocal, isEncrypted, isProven)).toBe(exposure);
});

it('names the server', () => {
  const server = { kind: 'a PostgreSQL server', host: 'db.example.com', port: 5432 } as const;
  const notice = (exposure: SqlEngine['exposure']) =>
    exposureNotice({ name: 'PostgreSQL', server, exposure } as unknown as SqlEngine);
  expect(notice('plain')).toEqual({
    level: 'warn',
    code: 'SQL_NOT_ENCRYPTED',
    message: 'The connection to PostgreSQL at db.example.com:5432 is not encrypted.',
  });
  expect(notice('unproven')).toMatchObject({ code: 'SQL_SERVER_UNPROVEN' });
  expect(notice(undefined)).toBeNull();
});
