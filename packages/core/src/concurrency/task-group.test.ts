import { expect, it } from 'vitest';
import { createTaskGroup } from './task-group.js';

it('begins no more than its limit before one has ended', async () => {
  const group = createTaskGroup(2);
  const ends: (() => void)[] = [];
  const task = () => new Promise<void>((resolve) => ends.push(resolve));
  await group.add(task);
  await group.add(task);
  const third = group.add(task);
  expect(ends).toHaveLength(2);
  ends[0]?.();
  await third;
  expect(ends).toHaveLength(3);
  for (const end of ends) end();
  await group.done();
});

it('throws the first failure at the end, after all have ended, and at each later add', async () => {
  const group = createTaskGroup(2);
  let end = () => {};
  const slow = new Promise<void>((resolve) => {
    end = resolve;
  });
  const ended: string[] = [];
  await group.add(() => slow.then(() => void ended.push('slow')));
  await group.add(() => Promise.reject(new Error('first')));
  const done = group.done().finally(() => ended.push('group'));
  end();
  await expect(done).rejects.toThrow('first');
  expect(ended).toEqual(['slow', 'group']);
  await expect(group.add(async () => {})).rejects.toThrow('first');
});
