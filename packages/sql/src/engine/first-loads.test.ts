import { expect, it } from 'vitest';
import { createFirstLoads, createLoadedContacts } from './first-loads.js';

const claim = (holder: string) => ({ stream: 'C', holder, epoch: 1n, plan: '', leaseMs: 1 });

it('has each id that was added, and no other', () => {
  const contacts = createLoadedContacts();
  const ids = Array.from({ length: 20_000 }, (_, nr) => `contact-${nr}`);
  for (const id of ids) contacts.add(id);
  expect(ids.every((id) => contacts.has(id))).toBe(true);
  expect(ids.filter((id) => contacts.has(`${id}x`))).toEqual([]);
});

it('R20 forgets a load with its claim, and at its end', () => {
  const loads = createFirstLoads();
  expect(loads.of(claim('a'))).toBeNull();
  loads.begun(claim('a'));
  expect(loads.of(claim('a'))).not.toBeNull();
  expect(loads.of(claim('b'))).toBeNull();
  loads.ended();
  expect(loads.of(claim('a'))).toBeNull();
});
