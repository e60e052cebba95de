import { describe, expect, it } from 'vitest';
import { grantText, isForTables, missingPrivileges } from './privileges.js';

describe('missing privileges', () => {
  it.each([
    'GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION',
    'GRANT ALL PRIVILEGES ON `calls`.* TO `u`@`%`',
    'GRANT ALL PRIVILEGES ON `ca%s`.* TO `u`@`%`',
    'GRANT ALL PRIVILEGES ON `call_`.* TO `u`@`%`',
    grantText({ user: 'u', database: 'calls' }, null),
  ])('are none with %s', (grant) => {
    expect(missingPrivileges(["GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*AB'", grant], 'calls')).toEqual(
      [],
    );
  });

  it.each([
    ['GRANT ALL PRIVILEGES ON `other`.* TO `u`@`%`', 'calls'],
    ['GRANT ALL PRIVILEGES ON `call\\_`.* TO `u`@`%`', 'calls'],
    ['GRANT ALL PRIVILEGES ON `a.c`.* TO `u`@`%`', 'abc'],
    ['GRANT ALL PRIVILEGES ON `calls`.`mcall_contacts` TO `u`@`%`', 'calls'],
    ['GRANT `role`@`%` TO `u`@`%`', 'calls'],
  ])('are all with %s on %s', (grant, database) => {
    expect(missingPrivileges([grant], database)).toContain('SELECT');
  });

  it('are those that no grant has', () => {
    const grants = [
      'GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO `u`@`%`',
      'GRANT CREATE, ALTER ON `a``\\_b`.* TO `u`@`%`',
    ];
    expect(missingPrivileges(grants, 'a`_b')).toEqual(['INDEX', 'REFERENCES', 'CREATE TEMPORARY TABLES']);
  });
});

it('count those of each table of a copy, and tell which are needed for changes of tables alone', () => {
  const writer = (table: string) => `GRANT SELECT, INSERT, UPDATE, DELETE ON \`calls\`.\`${table}\` TO \`w\`@\`%\``;
  const grants = ['GRANT CREATE TEMPORARY TABLES ON `calls`.* TO `w`@`%`', writer('a'), writer('b')];
  const missing = missingPrivileges(grants, 'calls', ['a', 'b']);
  expect(missing).toEqual(['CREATE', 'ALTER', 'INDEX', 'REFERENCES']);
  expect(missing.every(isForTables)).toBe(true);
  expect(missingPrivileges(grants, 'calls', ['a', 'c'])).toContain('SELECT');
  expect(isForTables('SELECT')).toBe(false);
});

it('grants on names and to users of any kind', () => {
  expect(grantText({ user: "o'x", database: 'a`b' }, null)).toMatch(/ ON `a``b`\.\* TO 'o\\'x'@'%'$/);
});

it('names the account that the login was taken for, with its host', () => {
  expect(grantText({ user: 'u', database: 'calls' }, 'u@10.0.%')).toMatch(/ TO 'u'@'10\.0\.%'$/);
});
