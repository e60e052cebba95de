import type { ContactTree, RowDifference } from '../contract/index.js';
import { createBatchBuilder } from '../emit/batches.js';
import { toContactRecord } from '../transform/contact-record.js';
import { hiddenCells } from './hidden-cells.js';
import { compareAll, type Suspect, type VerifyDesk } from './verify-desk.js';

/** The result of one look at the cells of contacts. */
export interface CellsLook {
  /** Rows that are not there, and rows with other values. Rows of contacts that are missing are left out. */
  readonly rows: readonly RowDifference[];
  /** The contacts of these rows that differ as a whole too, and contacts that are missing. */
  readonly suspects: readonly Suspect[];
  /** Contacts whose body could not be fetched or taken apart, or that the API lists and has no body of. */
  readonly unfetched: readonly string[];
  /** False: more cells differ than are named, and the contacts behind them were not compared. */
  readonly isWhole: boolean;
}

/** More cells are not named, so that memory stays flat. */
const MOST_CELLS = 20_000;

/**
 * Compares each cell and row of these contacts with their bodies. Bodies are fetched as the pipeline fetches them, become trees by
 * the same transform, and are compared in batches of the size that the store writes.
 * @param onCompared hears how many contacts more were compared
 * @param insist asks again for contacts that failed a moment ago; without it they fail at once, without a request
 */
export async function compareCells(
  desk: VerifyDesk,
  contactIds: Iterable<string>,
  onCompared: (contacts: number) => void,
  insist = false,
): Promise<CellsLook> {
  const { api, settings, context, records } = desk;
  const builder = createBatchBuilder(settings.sink.store.limits);
  const look = createLook(desk);
  const comparing = createPipe(async (contacts: readonly ContactTree[]) => {
    await look.compare(contacts);
    onCompared(contacts.length);
  });
  for await (const fetched of api.contactBodies(contactIds, { signal: context.signal, insist })) {
    const record = fetched.kind === 'body' ? toContactRecord(fetched.id, fetched.body, records) : null;
    if (fetched.kind !== 'body' || record?.kind !== 'tree') {
      look.unfetched.push(fetched.id);
      continue;
    }
    const full = builder.addContact(record.tree, fetched.bytes);
    if (full !== null) await comparing.put(full.contacts);
    if (look.cells > MOST_CELLS) break;
  }
  const rest = look.cells > MOST_CELLS ? null : builder.take();
  if (rest !== null) await comparing.put(rest.contacts);
  await comparing.end();
  const { rows, suspects, unfetched } = look;
  return { rows, suspects, unfetched, isWhole: look.cells <= MOST_CELLS };
}

function createLook(desk: VerifyDesk) {
  const { settings, context, verifying } = desk;
  const look = {
    rows: [] as RowDifference[],
    suspects: [] as Suspect[],
    unfetched: [] as string[],
    cells: 0,
    async compare(contacts: readonly ContactTree[]): Promise<void> {
      const { signal } = context;
      const found = await verifying.compareRows(settings.campaign, { contacts, inboundCalls: [] }, { signal });
      if (found.length === 0) return;
      const differing = new Set(found.map(({ contactId }) => contactId));
      const asked = contacts.filter(({ contactId }) => differing.has(contactId));
      const suspects = await compareAll(
        desk,
        asked.map(({ contactId: id, md5 }) => ({ id, md5 })),
      );
      look.suspects.push(...suspects);
      const missing = new Set(suspects.filter(({ kind }) => kind === 'missing').map(({ contactId }) => contactId));
      for (const row of found) {
        if (missing.has(row.contactId ?? '')) continue;
        look.rows.push(hiddenCells(desk, row));
        look.cells += Math.max(1, row.cells.length);
      }
    },
  };
  return look;
}

/** Does one piece of work at a time, while the next one is prepared. */
function createPipe<T>(work: (piece: T) => Promise<void>) {
  let last: Promise<void> = Promise.resolve();
  return {
    async put(piece: T): Promise<void> {
      await last;
      last = work(piece);
      last.catch(() => {});
    },
    end: () => last,
  };
}
