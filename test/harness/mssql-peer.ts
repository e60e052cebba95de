import type { OptionValue, SinkTarget } from '@dbsync/core/contract';
import { rows } from '@dbsync/tds-peer/replies';
import { startTdsPeer, type TdsPeer, type TdsPeerOptions } from '@dbsync/tds-peer/tds-peer';
import { serverTarget } from './servers/server-target.ts';

const USER = 'u';
const PASSWORD = 'secret-canary';
const DATABASE = 'shop';

/** Starts a peer that lets the SQL Server sink in: it reports that it is a SQL Server, and that it has one table. */
export async function startMssqlPeer(options: TdsPeerOptions = {}): Promise<TdsPeer> {
  const peer = await startTdsPeer({ user: USER, password: PASSWORD, database: DATABASE, ...options });
  peer.answer(/@@VERSION/, rows({ version: 'nvarchar(100)' }, ['Microsoft SQL Server 2022']));
  peer.answer(/INFORMATION_SCHEMA/, rows({ name: 'nvarchar(128)' }, ['there']));
  return peer;
}

/** The parts of such a peer's target that a test may change. */
export interface PeerAddress {
  readonly port: number;
  readonly host?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
}

export function peerTarget(address: PeerAddress): SinkTarget {
  const { port, host = '127.0.0.1', user = USER, password = PASSWORD, database = DATABASE, options } = address;
  return serverTarget(`sqlserver://${user}:${password}@${host}:${port}/${database}`, options);
}
