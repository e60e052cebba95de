import type { CreateSink, SinkTarget } from '@dbsync/core/contract';
import { sampleCall, sampleContact, sampleTransaction } from '@dbsync/testkit';
import { serverTarget } from './servers/server-target.ts';
import { batchOf, claimOf, never } from './sqlite-file.ts';

/** A campaign with its own daemon; both write into the same tables. */
type Campaign = 'A' | 'B';

/** Two daemons that write the contact X1 and the inbound call call-1. Dispose of them to close. */
export interface TwoCampaigns extends AsyncDisposable {
  /**
   * Writes the contact in a campaign's stream, and returns `written` or the refusal. `of`: the campaign that its body
   * names.
   */
  contact(stream: Campaign, md5: string, of?: Campaign | null): Promise<string>;
  call(stream: Campaign, state: string): Promise<string>;
  /** Returns the md5 of the contact that the store proves to the campaign. */
  knownMd5(stream: Campaign): Promise<string | undefined>;
  /** Returns the notices since the last call, or since the stores were opened. */
  reported(): string[];
}

export async function openTwoCampaigns(url: string, createSink: CreateSink): Promise<TwoCampaigns> {
  const reported: string[] = [];
  const open = async (stream: Campaign) => {
    const notify: SinkTarget['notify'] = ({ level, code, message }) => reported.push(`${level} ${code} ${message}`);
    const sink = createSink({ ...serverTarget(url), notify });
    if (sink.kind !== 'store') throw new TypeError('A store is needed');
    await sink.open(never);
    await sink.declareFields([], never);
    return { sink, claim: await claimOf(sink, { stream }) };
  };
  const daemons = { A: await open('A'), B: await open('B') };
  reported.splice(0);
  const write = async (stream: Campaign, parts: Parameters<typeof batchOf>[0]): Promise<string> => {
    const { sink, claim } = daemons[stream];
    return sink.write(batchOf(parts), claim, never).then(
      () => 'written',
      (error: { readonly code: string; readonly verdict: string }) => `${error.verdict}: ${error.code}`,
    );
  };
  return {
    contact: (stream, md5, of = stream) => {
      const values = { ...(of !== null && { $campaign_id: of }), $status: `${md5} of ${stream}` };
      const transactions = [sampleTransaction('X1', 1, { status: md5 }, [])];
      return write(stream, { contacts: [sampleContact('X1', { md5, values, transactions })] });
    },
    call: (stream, state) => write(stream, { inboundCalls: [sampleCall('call-1', { campaign_id: stream, state })] }),
    knownMd5: async (stream) => {
      const { sink, claim } = daemons[stream];
      return (await sink.readVersions(claim, ['X1'], never)).get('X1')?.md5;
    },
    reported: () => reported.splice(0),
    [Symbol.asyncDispose]: async () => {
      for (const { sink } of Object.values(daemons)) await sink.close();
    },
  };
}

/** Writes a contact that moves from A to B, and that A goes on to list; and a call that both list. */
export async function writeAlternately(two: TwoCampaigns): Promise<readonly string[]> {
  return [
    await two.contact('A', '1'),
    ...two.reported(),
    await two.contact('B', '2'),
    ...two.reported(),
    await two.contact('A', '3'),
    await two.contact('B', '4'),
    await two.contact('A', '5', 'B'),
    ...two.reported(),
    await two.call('A', 'first'),
    await two.call('B', 'second'),
    await two.call('A', 'third'),
    ...two.reported(),
    `A knows ${await two.knownMd5('A')}, B knows ${await two.knownMd5('B')}`,
  ];
}

/** The results of {@link writeAlternately}. */
export const IN_TURNS = [
  'written',
  'written',
  'warn SQL_OWNER_CHANGED The API now names contact X1 in campaign B, so these rows belong to campaign B from now on. Until now they belonged to campaign A',
  'refused: SQL_OWNER_CHANGED',
  'written',
  'written',
  'written',
  'refused: SQL_OWNER_CHANGED',
  'written',
  'A knows 4, B knows 4',
];
