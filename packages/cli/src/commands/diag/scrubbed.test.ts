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
  ['--token-file /etc/dbsync/token', '--token-file /etc/dbsync/token'],
  ['PostgreSQL 18.4, encrypted, 97 connections', 'PostgreSQL 18.4, encrypted, 97 connections'],
])('%s', (text, expected) => {
  expect(scrubbed(text)).toBe(expected);
});
