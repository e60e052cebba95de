import { expect, it } from 'vitest';
import { doubtfulVariables, readEnvironment, variableOf } from './environment.js';
import { optionList } from './option-list.js';

const read = (variables: Record<string, string | undefined>) =>
  Object.fromEntries(readEnvironment(variables, optionList));

it('reads every option under its long name, and under its old one', () => {
  for (const { name, old = name } of optionList) {
    expect(read({ [variableOf(name)]: 'x' })).toEqual({ [name]: 'x' });
    expect(read({ [variableOf(old)]: 'x' })).toEqual({ [name]: 'x' });
  }
});

it('prefers the long name', () => {
  expect(read({ DBSYNC_CT: 'old', DBSYNC_TOKEN: 'long' })).toEqual({ token: 'long' });
  expect(read({ DBSYNC_CT: 'old', DBSYNC_TOKEN: '' })).toEqual({ token: 'old' });
});

it('takes an empty variable for none, unless empty means something', () => {
  expect(read({ DBSYNC_TOKEN: '', DBSYNC_TP: '', DBSYNC_SINCE: undefined })).toEqual({ 'table-prefix': '' });
});

it('leaves variables of others alone', () => {
  expect(read({ DBSYNC_PORT: 'tcp://10.0.0.1:80', DBSYNC_TEST_POSTGRES_URL: 'x', TOKEN: 'y' })).toEqual({});
});

it('doubts variables that look like an option, and no others', () => {
  const variables = {
    DBSYNC_CAMPAIN: 'x',
    DBSYNC_PORT: 'tcp://10.0.0.1:80',
    DBSYNC_TEST_MYSQL_URL: 'x',
    DBSYNC_CT: 'x',
  };
  expect(doubtfulVariables(variables, optionList)).toEqual([
    'DBSYNC_CAMPAIN is no option. Did you mean DBSYNC_CAMPAIGN?',
  ]);
});
