import { errorCodes as sqlCodes } from '@dbsync/sql';
import { expect, it } from 'vitest';
import { errorCodes as ownCodes } from './error-codes.js';
import { errorCodes } from './index.js';

it('tells the command what to do about every code that it can throw', () => {
  expect(Object.keys(errorCodes).sort()).toEqual([...Object.keys(sqlCodes), ...Object.keys(ownCodes)].sort());
});
