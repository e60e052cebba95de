import { expect, it } from 'vitest';
import { scrubbed } from './scrubbed.js';

it.each([
  ['mysql://dbsync:p@ss/w#rd@db.example.com/calls', 'mysql://***@db.example.com/calls'],
  ['https://user:secret@crm.example.com/x', 'https://***@crm.example.com/x'],
  ['Authorization: Bearer abc.def-123', 'Authorization: *** ***'],
  ['password=hunter2, next', 'password=***, next'],
  ['{"token":"T0KEN-1"}', '{"token":"***"}'],
  ['whsec_AAAAabcd+/==', '***'],
  ['mail to jane.doe@example.com now', 'mail to *** now'],
  ['call +49 30 123456 78 now', 'call *** now'],
  ['call 030/12345678, then', 'call ***, then'],
  ['call 4915112345678', 'call ***'],
  ['call (030) 1234 5678', 'call ***'],
  ["Duplicate entry 'Jane Doe' for key 'name'", "Duplicate entry '***' for key 'name'"],
  ['Key (name)=(Jane Doe) already exists', 'Key (name)=(***) already exists'],
  ['2026-03-02T08:00:00.000Z INFO  12,400 contacts', '2026-03-02T08:00:00.000Z INFO  12,400 contacts'],
  ['since 2026-03-02 and contact 3HN9KDGRSTZVRAYQ', 'since 2026-03-02 and contact 3HN9KDGRSTZVRAYQ'],
  ['--campaign CAMPAIGN00000001', '--campaign CAMPAIGN00000001'],
  ['--token-file /etc/dbsync/token', '--token-file /etc/dbsync/token'],
  ['PostgreSQL 18.4, encrypted, 97 connections', 'PostgreSQL 18.4, encrypted, 97 connections'],
  ['invalid input syntax for type integer: "Jane Doe"', 'invalid input syntax for type integer: ***'],
  ['DETAIL: Failing row contains (1, Jane Doe).', 'DETAIL: Failing row contains ***'],
  ['The duplicate key value is (Jane Roe, 3).', 'The duplicate key value is ***'],
  ['{"$phone":4915112345678}', '{"$phone":***}'],
  ['tel:4915112345678', 'tel:***'],
  ['phone_4915112345678_x', 'phone_***_x'],
  ['call +49\u00a030\u2013123456 now', 'call *** now'],
  ['call 0049-30-123 now', 'call *** now'],
  ['card 12345678901234567890', 'card ***'],
  ['jörg@müller.de, jane@localhost, jane%40example.com', '***, ***, ***'],
  ["Duplicate entry 'O'Brien Smith' for key 'name'", "Duplicate entry '***' for key 'name'"],
  ['Key (name)=(Jane (Doe) Smith) already exists', 'Key (name)=(***) already exists'],
  ['Key (name)=(Jane', 'Key (name)=(***'],
  ['password="my secret" token: "a b c"', 'password="***" token: "***"'],
  [String.raw`{\"token\":\"a b\",\"n\":1}`, String.raw`{\"token\":\"***\",\"n\":1}`],
  ['password=/abc', 'password=***'],
  ['postgres://u:p w@h/db', 'postgres://***@h/db'],
  ['http://db:8080/x is up, http://y', 'http://db:8080/x is up, http://y'],
  ['npm install -g @dbsync/testkit@1.2.3', 'npm install -g @dbsync/testkit@1.2.3'],
  [
    'calls_db_sync_2026-03-02T08-00-00Z.log 2026-03-02 2026-03-03',
    'calls_db_sync_2026-03-02T08-00-00Z.log 2026-03-02 2026-03-03',
  ],
])('%s', (text, expected) => {
  expect(scrubbed(text)).toBe(expected);
});

it('cuts long lines, and leaves no half of a value at the cut', () => {
  const line = `${'x '.repeat(2_043)}jane.doe@example.com${' y'.repeat(40_000)}`;
  const cut = scrubbed(`${line}\nnext`);
  expect(cut).toMatch(/x \.\.\. \(cut\)\nnext$/);
  expect(cut).not.toContain('jane');
});
