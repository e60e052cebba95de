import { expect, it } from 'vitest';
import type { Session } from './session.js';
import { answerMirror } from './settle-missed.js';

it('R38 tells the administrator who allowed more that a copy which begins at a time marks and removes none', async () => {
  const reported: { readonly code: string; readonly message: string }[] = [];
  const session = {
    progress: { current: { since: '2026-01-01T00:00:00.000Z' } },
    observe: (event: { readonly code: string; readonly message: string }) => reported.push(event),
  } as unknown as Session;
  await answerMirror(session, 5);
  expect(reported).toMatchObject([{ code: 'MIRROR_PARTIAL', message: expect.stringContaining('--since') }]);
});
