import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createIdSource } from './id-source.js';

const never = (error: unknown) => {
  throw error;
};

async function takeAll(ids: AsyncIterable<string> | Iterable<string>, most: number, readAhead = 10) {
  const groups: (readonly string[])[] = [];
  await new Promise<void>((resolve, reject) => {
    const onReady = () => {
      for (let group = source.take(most); group.length > 0; group = source.take(most)) groups.push(group);
      if (source.isEmpty) resolve();
    };
    const source = createIdSource(ids, { readAhead, onReady, onError: reject });
  });
  return groups;
}

describe('createIdSource', () => {
  it('gives full groups, then the rest', async () => {
    expect(await takeAll(['a', 'b', 'c', 'd', 'e'], 2)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(await takeAll([], 2)).toEqual([]);
  });

  it('gives an id that is named twice in a group once', async () => {
    expect(await takeAll(['a', 'a', 'b'], 5)).toEqual([['a', 'b']]);
  });

  it('gives a part of a group where no more ids come before those are dealt with', async () => {
    const dealtWith = Promise.withResolvers<void>();
    async function* ids() {
      yield 'a';
      yield 'b';
      await dealtWith.promise;
      yield 'c';
    }
    const groups: (readonly string[])[] = [];
    await new Promise<void>((resolve) => {
      const onReady = () => {
        const group = source.take(20);
        if (group.length > 0) groups.push(group);
        if (group.includes('b')) dealtWith.resolve();
        if (source.isEmpty) resolve();
      };
      const source = createIdSource(ids(), { readAhead: 20, onReady, onError: never });
    });
    expect(groups).toEqual([['a', 'b'], ['c']]);
  });

  it('reads no further than it may, and nothing once it is stopped', async () => {
    let given = 0;
    let isClosed = false;
    function* ids() {
      try {
        for (;;) yield `id-${++given}`;
      } finally {
        isClosed = true;
      }
    }
    const source = createIdSource(ids(), { readAhead: 4, onReady: () => {}, onError: never });
    for (let count = 0; count < 20; count++) await turn();
    expect(given).toBe(4);
    source.stop();
    await turn();
    expect(given).toBe(4);
    expect(isClosed).toBe(true);
  });

  it('hands on what the ids throw', async () => {
    async function* ids() {
      yield 'a';
      throw new Error('no more');
    }
    await expect(takeAll(ids(), 5)).rejects.toThrow('no more');
  });
});
