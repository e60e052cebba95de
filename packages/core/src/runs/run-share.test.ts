import { expect, it } from 'vitest';
import { createRunShare } from './run-share.js';

it('keeps one thing for all sinks that name the same key', () => {
  const { sinks, close } = createRunShare({ requests: 1, connections: { most: 7, isChosen: false } });
  expect(sinks?.maxConnections).toBe(7);
  const first = sinks?.of('a', () => ({ nr: 1 }));
  expect(sinks?.of('a', () => expect.unreachable())).toBe(first);
  expect(sinks?.of('b', () => ({ nr: 2 }))).toEqual({ nr: 2 });
  close();
});

it('forgets a thing that no sink uses any more', () => {
  const { sinks, close } = createRunShare({ requests: 1, connections: { most: 7, isChosen: false } });
  sinks?.of('a', () => ({ nr: 1 }));
  const kept = sinks?.of('b', () => ({ nr: 1 }));
  sinks?.forget('a');
  expect(sinks?.of('a', () => ({ nr: 2 }))).toEqual({ nr: 2 });
  expect(sinks?.of('b', () => expect.unreachable())).toBe(kept);
  close();
});
