import { expect, it } from 'vitest';
import { createRequestWindow, type RequestKind, type RequestWindow } from './request-window.js';

/** The number of requests that may begin. */
function roomOf(window: RequestWindow, kind: RequestKind = 'ordinary'): number {
  const ends: (() => void)[] = [];
  while (window.hasRoom(kind)) ends.push(window.begin(kind));
  for (const end of ends) end();
  return ends.length;
}

function answer(window: RequestWindow, times: number, tookMs = 100): void {
  for (let count = 0; count < times; count++) window.answered(tookMs);
}

it('begins with two requests and grows by one an answer, up to its bound', () => {
  const window = createRequestWindow(32, { monotonic: () => 0 });
  expect(roomOf(window)).toBe(2);
  answer(window, 5);
  expect(roomOf(window)).toBe(7);
  answer(window, 100);
  expect(roomOf(window)).toBe(32);
  expect(roomOf(createRequestWindow(1, { monotonic: () => 0 }))).toBe(1);
});

it('stands while answers are slow', () => {
  const window = createRequestWindow(32, { monotonic: () => 0 });
  answer(window, 10, 20_000);
  expect(roomOf(window)).toBe(2);
});

it('is halved once by all requests that time out together, and grows slowly from there', () => {
  let nowMs = 0;
  const window = createRequestWindow(32, { monotonic: () => nowMs });
  answer(window, 30);
  nowMs = 60_000;
  for (let request = 0; request < 32; request++) window.timedOut(100);
  expect(roomOf(window)).toBe(16);
  answer(window, 16);
  expect(roomOf(window)).toBe(16);
  answer(window, 2);
  expect(roomOf(window)).toBe(17);
  for (let time = 1; time < 10; time++) {
    nowMs += 60_000;
    window.timedOut(nowMs - 1);
  }
  expect(roomOf(window)).toBe(1);
});

it('gives careful requests half of the places, whatever the others do', () => {
  const window = createRequestWindow(8, { monotonic: () => 0 });
  window.begin('ordinary');
  expect(roomOf(window, 'careful')).toBe(4);
  window.timedOut(0);
  expect(roomOf(window, 'careful')).toBe(4);
});
