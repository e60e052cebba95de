import { expect, it } from 'vitest';
import { checkedValues } from './checked-values.js';
import { sharedConnections } from './shared-connections.js';

const read = (...given: readonly string[]) =>
  sharedConnections(checkedValues(new Map(given.map((text) => ['shared-connections', text]))));

it('lets campaigns share 16 connections, unless another number or none is given', () => {
  const chosen = (most: number) => ({ most, isChosen: true });
  expect([read(), read('4'), read('1000'), read('0')]).toEqual([
    { most: 16, isChosen: false },
    chosen(4),
    chosen(1000),
    null,
  ]);
  expect(read('16')).toEqual(chosen(16));
});

it.each(['1', '3', '1001', 'many'])('refuses %s with the numbers that it takes', (text) => {
  expect(() => read(text)).toThrow(/--shared-connections takes/);
});
