import { expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.js';

const isDone = async (promise: Promise<void> | undefined) => {
  const later = new Promise((resolve) => setImmediate(resolve, 'later'));
  return (await Promise.race([promise, later])) !== 'later';
};

it('counts what requests are expected to bring, and what they bring beyond that', () => {
  const budget = createByteBudget(100);
  const first = budget.expect(40);
  expect(budget.hasRoomFor(60)).toBe(true);
  expect(budget.hasRoomFor(61)).toBe(false);
  expect(first.receive(70)).toBeUndefined();
  expect(budget.hasRoomFor(30)).toBe(true);
  expect(budget.hasRoomFor(31)).toBe(false);
  first.end();
  budget.keep(70);
  expect(budget.hasRoomFor(31)).toBe(false);
  budget.drop(70);
  expect(budget.hasRoomFor(100)).toBe(true);
});

it('lets only the first answer go on beyond the limit that reaches it, and the others once there is room', async () => {
  const budget = createByteBudget(100);
  const first = budget.expect(10);
  const second = budget.expect(10);
  expect(second.receive(90)).toBeUndefined();
  expect(first.receive(80)).toBeUndefined();
  const held = second.receive(10);
  expect(await isDone(held)).toBe(false);
  first.end();
  expect(await isDone(held)).toBe(true);
});

it('R6 lets a large answer go on while an older request hangs', async () => {
  const budget = createByteBudget(100);
  const hanging = budget.expect(10);
  const large = budget.expect(10);
  expect(large.receive(110)).toBeUndefined();
  const held = hanging.receive(10);
  expect(await isDone(held)).toBe(false);
  large.end();
  expect(await isDone(held)).toBe(true);
});

it('lets another answer go on where the one that went beyond the limit is repeated', async () => {
  const budget = createByteBudget(100);
  const first = budget.expect(10);
  const second = budget.expect(10);
  expect(first.receive(110)).toBeUndefined();
  const held = second.receive(10);
  expect(await isDone(held)).toBe(false);
  first.restart();
  expect(await isDone(held)).toBe(true);
});

it('holds even the only one up while too much waits for a reader', async () => {
  const budget = createByteBudget(100);
  budget.keep(110);
  const oldest = budget.expect(10);
  const held = oldest.receive(10);
  expect(await isDone(held)).toBe(false);
  budget.drop(110);
  expect(await isDone(held)).toBe(true);
});

it('leaves no answer waiting that has been aborted, and forgets what came before a repetition', async () => {
  const budget = createByteBudget(100);
  budget.keep(110);
  const called = budget.expect(10);
  const held = called.receive(10);
  called.end();
  expect(await isDone(held)).toBe(true);
  budget.drop(110);
  const repeated = budget.expect(10);
  expect(repeated.receive(90)).toBeUndefined();
  repeated.restart();
  expect(repeated.bytes).toBe(0);
  expect(budget.hasRoomFor(90)).toBe(true);
});
