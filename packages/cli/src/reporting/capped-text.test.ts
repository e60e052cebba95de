import type { RunEvent } from '@dbsync/core';
import { expect, it } from 'vitest';
import { cappedText, withCappedTexts } from './capped-text.js';
import { logLine } from './log-line.js';

const hide = (text: string) => text.replaceAll('secret', '***');
const long = 'x'.repeat(1_000_000);
const cut = `${'x'.repeat(2_000)}... (cut: 1000000 characters)`;

it('keeps 2,000 characters of a text, and says how many there were', () => {
  expect(cappedText(long, hide)).toBe(cut);
  expect(cappedText('x'.repeat(2_000), hide)).toBe('x'.repeat(2_000));
});

it('masks a secret that the cut goes through, and cuts no character in two', () => {
  expect(cappedText(`${'x'.repeat(1_997)}secret${long}`, hide)).toBe(
    `${'x'.repeat(1_997)}***... (cut: 1002003 characters)`,
  );
  expect(cappedText(`${'x'.repeat(1_999)}\u{1f600}`, hide)).toBe(`${'x'.repeat(1_999)}... (cut: 2001 characters)`);
});

it('bounds what a line tells of an event, and leaves everything else as it is', () => {
  const notice: RunEvent = { type: 'notice', level: 'warn', code: 'REQUEST_UNREADABLE', message: long };
  const shown = withCappedTexts(notice, hide);
  expect(shown).toEqual({ ...notice, message: cut });
  expect(logLine(shown, { daemon: true }).text).toBe(`REQUEST_UNREADABLE: ${cut}`);
  const claimed: RunEvent = { type: 'claimed', epoch: 3n };
  expect(withCappedTexts(claimed, hide)).toEqual(claimed);
  expect(withCappedTexts({ list: [{ deep: long }, null, 1, true] }, hide)).toEqual({
    list: [{ deep: cut }, null, 1, true],
  });
});
