import type { StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { batchOf, claimOf, never, textField } from './sqlite-file.ts';

/** Opens the sink and writes a contact three times while fields come and a record goes. The sink is closed then. */
export async function writeAmidChanges(sink: StoreSink): Promise<void> {
  await sink.open(never);
  await sink.declareFields([textField('city')], never);
  const claim = await claimOf(sink);
  const write = (md5: string, values: Record<string, string>, formerIds: string[] = []) =>
    sink.write(batchOf({ contacts: [sampleContact('A1', { md5, values, formerIds })] }), claim, never);
  await write('1', { city: 'x' });
  await write('2', { city: 'y', $trigger: 'a new field' }, ['never was']);
  await sink.declareFields([textField('city'), textField('street')], never);
  await write('3', { city: 'z', street: 'another one' });
  await sink.postRequest('C1', { key: 'k', kind: 'refetch', contactIds: ['A1'] }, never);
  await sink.close();
}
