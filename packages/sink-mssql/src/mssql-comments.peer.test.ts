import { rows } from '@dbsync/tds-peer/replies';
import { expect, it } from 'vitest';
import { peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };
const FOUND = {
  name: 'nvarchar(128)',
  is_view: 'bit',
  column_name: 'nvarchar(128)',
  comment: 'nvarchar(4000)',
} as const;

it('reads comments of tables, views and columns, and writes those of a table in one transaction', async () => {
  await using peer = await startMssqlPeer();
  peer.answer(
    /sys\.extended_properties/,
    rows(FOUND, ['calls', false, '', null], ['calls', false, 'id', 'Its id'], ['v', true, 'n', '']),
  );
  peer.answer(/sp_addextendedproperty/, []);
  const session = await createMssqlEngine(readAddress(peerTarget(peer))).connect(options);
  const keeper = session.schema.comments?.keeper;
  expect(await keeper?.read(['calls', "v'1"], options)).toEqual([
    { name: 'calls', isView: false, column: '', comment: null },
    { name: 'calls', isView: false, column: 'id', comment: 'Its id' },
    { name: 'v', isView: true, column: 'n', comment: '' },
  ]);
  expect((await peer.received(/sys\.extended_properties/)).text).toContain("o.name IN (N'calls', N'v''1')");

  const due = [
    { column: '', comment: "It's a table", replaces: false },
    { column: 'id', comment: 'Id', replaces: true },
  ];
  await keeper?.write({ name: 'calls', isView: false }, due, options);
  const { text } = await peer.received(/sp_addextendedproperty/);
  expect(text.split(';\n').slice(-4)).toEqual([
    'BEGIN TRANSACTION',
    "EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'It''s a table', @level0type = N'SCHEMA', @level0name = @schema, @level1type = N'TABLE', @level1name = N'calls'",
    "EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = N'Id', @level0type = N'SCHEMA', @level0name = @schema, @level1type = N'TABLE', @level1name = N'calls', @level2type = N'COLUMN', @level2name = N'id'",
    'COMMIT TRANSACTION',
  ]);
  expect(text).toContain('SET LOCK_TIMEOUT 2000');
  await session.close();
});
