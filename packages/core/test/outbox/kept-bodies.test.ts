import { expect, it } from 'vitest';
import { contactWith, createOutboxFile } from '../../../../test/harness/outbox-file.ts';
import type { Ballast } from '../../src/outbox/file/reserve-file.ts';
import { createOutboxOver } from '../../src/outbox/outbox.ts';

it('R30 where room is short, bodies of accepted messages go, and none is kept, so that what waits has room', async () => {
  let isMissing = false;
  const ballast: Ballast = {
    restore: async () => {},
    release: () => false,
    get isMissing() {
      return isMissing;
    },
  };
  await using file = createOutboxFile((options) => createOutboxOver(options, ballast));
  const held = await file.hold({ keepAcceptedMs: 86_400_000 });
  const bodies = () => Number(file.query('SELECT count(*) AS n FROM bodies')[0]?.n);
  await held.write({ contacts: [contactWith('A1', 'a'), contactWith('B1', 'b')] });
  await held.drain();
  expect(bodies()).toBe(2);
  await held.write({ contacts: [contactWith('C1', 'c')] });
  isMissing = true;
  await held.drain();
  expect(bodies()).toBe(0);
});
