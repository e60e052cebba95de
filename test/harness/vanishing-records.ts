import type { SinkNotice, SinkTarget, StoreSink } from '@dbsync/core/contract';
import { sampleConnection, sampleContact, sampleRecording, sampleTransaction } from '@dbsync/testkit';
import { serverTarget } from './servers/server-target.ts';
import { batchOf, claimOf, never } from './sqlite-file.ts';

/** The notices that the sink gave while it wrote. */
export interface NoticesOfVanishing {
  /** The notices while each body had all records. */
  readonly whole: readonly SinkNotice[];
  /** The notices while bodies lacked a connection of two, and a recording of two. */
  readonly short: readonly SinkNotice[];
}

/** Writes a contact four times, twice whole and then twice without some of its records. */
export async function writeVanishingRecords(
  url: string,
  createSink: (target: SinkTarget) => StoreSink,
): Promise<NoticesOfVanishing> {
  const notices: SinkNotice[] = [];
  const sink = createSink({ ...serverTarget(url), notify: (notice) => notices.push(notice) });
  await sink.open(never);
  try {
    await sink.declareFields([], never);
    notices.splice(0);
    const claim = await claimOf(sink);
    const [early, late] = [sampleRecording('c1', 'early'), sampleRecording('c1', 'late')];
    const connection = (...recordings: (typeof early)[]) => sampleConnection('c1', { recordings });
    const write = async (md5: string, ...connections: ReturnType<typeof connection>[]) => {
      const transactions = [sampleTransaction('A1', 1, {}, connections)];
      await sink.write(batchOf({ contacts: [sampleContact('A1', { md5, transactions })] }), claim, never);
    };
    await write('1', connection(early, late), sampleConnection('c2', { recordings: [] }));
    await write('2', connection(early, late), sampleConnection('c2', { recordings: [] }));
    const whole = notices.splice(0);
    await write('3', connection(late));
    await write('4', connection(late));
    return { whole, short: notices };
  } finally {
    await sink.close();
  }
}
