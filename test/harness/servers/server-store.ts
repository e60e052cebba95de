import type { ContactTree, RowTable, SinkNotice, SinkTarget, StoreSink } from '@dbsync/core/contract';
import { type StoredRow, type StoreSubject, type StoreTarget, sampleContact, sampleTransaction } from '@dbsync/testkit';
import { STORE_OFFERS } from '../store-offers.ts';
import { type DamagedDatabase, obstructField, tableDamage } from '../table-damage.ts';
import { serverTarget } from './server-target.ts';

/** The functions that a conformance run needs for a database server. */
export interface ServerStore {
  createSink(target: SinkTarget): StoreSink;
  /** The module of the sink, which children load. */
  readonly plugin: string;
  readonly defaultPort: number;
  /** Creates an empty database; returns its address. */
  createDatabase(): Promise<string>;
  dropDatabase(url: string): Promise<void>;
  /** Keeps the rows of all tables; the returned function restores them. */
  snapshot?(url: string): Promise<() => Promise<void>>;
  /** Returns all that the database holds, as one text. Absent: it cannot be read so here. */
  contents?(url: string): Promise<string>;
  /** False: the sink writes a first copy as all later rows. Absent: true. */
  readonly loads?: false;
  /** Damages the database. Null: its damage cannot be done here. */
  readonly damage: ((url: string) => DamagedDatabase) | null;
  /** Connects without the sink, to read rows. */
  openReader(url: string): Promise<RowReader>;
}

/** A connection that a case keeps, since most of the time of a look at the tables would be that of connecting. */
export interface RowReader extends AsyncDisposable {
  readRows(table: RowTable): Promise<readonly StoredRow[]>;
}

/** Returns the sink under test, each case in a database of its own. */
export function serverSubject({
  createSink,
  plugin,
  defaultPort,
  snapshot,
  contents,
  ...store
}: ServerStore): StoreSubject {
  return {
    async createTarget(): Promise<StoreTarget> {
      const url = await store.createDatabase();
      const notices: SinkNotice[] = [];
      const target = { ...serverTarget(url), notify: (notice: SinkNotice) => void notices.push(notice) };
      const { host, port } = target.address;
      const damaged = store.damage?.(url);
      let reader: Promise<RowReader> | null = null;
      return {
        createSink: () => createSink(target),
        readRows: async (table) => {
          reader ??= store.openReader(url);
          return (await reader).readRows(table);
        },
        remove: async () => {
          await (await reader)?.[Symbol.asyncDispose]();
          await store.dropDatabase(url);
        },
        notices: () => notices,
        plugin: { address: target.address, options: target.options, entry: import.meta.resolve(plugin) },
        server: {
          host,
          port: port ?? defaultPort,
          createSinkAt: (at) => createSink({ ...target, address: { ...target.address, host: '127.0.0.1', port: at } }),
        },
        refusedContact,
        ...STORE_OFFERS,
        plans: true,
        ...(store.loads !== false && { loads: true }),
        ...(snapshot && { snapshot: () => snapshot(url) }),
        ...(contents && {
          looked: {
            createSink: () => createSink({ ...target, onlyLooks: true }),
            createChecker: () => createSink({ ...target, onlyLooks: true, copyMayBeMissing: true }),
            contents: () => contents(url),
          },
        }),
        ...(damaged && {
          damage: tableDamage(damaged),
          obstruct: (field: string) => obstructField(damaged, field),
        }),
      };
    },
  };
}

/** Makes a contact with an id that no key can hold. */
function refusedContact(contactId: string): ContactTree {
  const transaction = { ...sampleTransaction(contactId, 1), id: 'x'.repeat(300) };
  return sampleContact(contactId, { transactions: [transaction] });
}
