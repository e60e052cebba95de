import { sampleCall } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { claimOf, createSqliteFile, never } from '../../../test/harness/sqlite-file.ts';

it('verify leaves out an inbound call whose id the database cannot keep: a write refuses it', async () => {
  const file = createSqliteFile();
  onTestFinished(() => file[Symbol.asyncDispose]());
  const sink = await file.openSink();
  const { stream } = await claimOf(sink, { plan: 'plan' });
  const inboundCalls = [sampleCall('half \ud800'), sampleCall('call-1')];
  const found = await sink.verifying?.compareRows(stream, { contacts: [], inboundCalls }, never);
  expect(found?.map(({ id }) => id)).toEqual(['call-1']);
});
