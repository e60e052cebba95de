import { expect, it } from 'vitest';
import { createListedContacts } from '../discover/listed-contacts.js';
import type { RunEvent } from '../observe/run-events.js';
import { noteMissed } from './missed-notes.js';
import type { Session } from './session.js';

it('R38 notes nothing in a copy that begins at a time, and says so', async () => {
  const reported: RunEvent[] = [];
  const session = {
    settings: { mirrorDeletions: true },
    store: { mirroring: {} },
    observe: (event: RunEvent) => reported.push(event),
  } as unknown as Session;
  const listed = createListedContacts();
  listed.add({ id: 'A1', md5: null });
  const startedAt = '2026-03-02T00:00:00.000Z';
  await noteMissed(session, { listed, startedAt, from: '2026-01-01T00:00:00.000Z' });
  expect(reported).toMatchObject([{ type: 'notice', code: 'MIRROR_PARTIAL' }]);
});
