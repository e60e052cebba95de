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

it('R20 has the md5 that an id was last added with, among others without one', () => {
  const contacts = createLoadedContacts();
  const ids = Array.from({ length: 20_000 }, (_, nr) => `contact-${nr}`);
  const md5Of = (nr: number) => nr.toString(16).padStart(32, '0');
  for (const [nr, id] of ids.entries()) contacts.add(id, nr % 3 === 0 ? undefined : md5Of(nr));
  for (const [nr, id] of ids.entries()) expect(contacts.md5Of(id)).toBe(nr % 3 === 0 ? null : md5Of(nr));
  contacts.add('contact-1', md5Of(7));
  contacts.add('contact-2');
  contacts.add('contact-4', 'no md5');
  expect(['contact-1', 'contact-2', 'contact-4', 'other'].map((id) => contacts.md5Of(id))).toEqual([
    md5Of(7),
    null,
    null,
    null,
  ]);
});

it('R20 forgets a load with its claim, and at its end', () => {
  const loads = createFirstLoads();
  expect(loads.of(claim('a'))).toBeNull();
  loads.begun(claim('a'), createLoadedContacts());
  expect(loads.of(claim('a'))).not.toBeNull();
  expect(loads.of(claim('b'))).toBeNull();
  loads.ended();
  expect(loads.of(claim('a'))).toBeNull();
});
