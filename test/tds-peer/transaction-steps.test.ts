import { expect, it } from 'vitest';
import { transactionStepsOf } from './transaction-steps.ts';

it.each([
  ['SELECT 1', []],
  ['BEGIN TRANSACTION', ['begin']],
  ['begin tran t1;', ['begin t1']],
  ['SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRAN\nINSERT t VALUES (1)', ['begin']],
  ['SAVE TRANSACTION [a b]; ROLLBACK TRAN [a b]', ['save a b', 'rollback a b']],
  ['IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;SET LOCK_TIMEOUT 5', ['rollback if open']],
  [
    'SET XACT_ABORT ON\nBEGIN TRY\nBEGIN TRANSACTION;\nUPDATE t;\nCOMMIT TRANSACTION;\nEND TRY\nBEGIN CATCH\nIF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;\nTHROW;\nEND CATCH\nSELECT 1',
    ['begin', 'commit'],
  ],
  ["UPDATE t SET a = N'it''s COMMIT TRAN' -- ROLLBACK TRAN\n/* BEGIN TRAN */", []],
])('finds what %j does to the transaction', (batch, steps) => {
  const found = transactionStepsOf(batch).map(({ verb, name, ifOpen }) =>
    [verb, name, ifOpen ? 'if open' : ''].filter((word) => word !== '').join(' '),
  );
  expect(found).toEqual(steps);
});
