import type { SinkConnections, StoreSink } from '../contract/index.js';

/** All members of a store. A part that is no function is undefined where the wrapped store lacks it. */
export type AllMembers = Required<Omit<StoreSink, 'connections'>> & {
  readonly connections: SinkConnections | undefined;
};

/**
 * Returns the wrapping without the optional members that the wrapped store lacks. The wrapping has every member of the
 * contract, so the compiler names each place where a new member was forgotten.
 */
export function onlyMembersOf(wrapped: StoreSink, all: AllMembers): StoreSink {
  const isMissing = (name: string) => name in OPTIONAL && wrapped[name as OptionalMember] === undefined;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !isMissing(name))) as unknown as StoreSink;
}

type OptionalMember = {
  [Name in keyof StoreSink]-?: undefined extends StoreSink[Name] ? Name : never;
}[keyof StoreSink];

const OPTIONAL: Readonly<Record<OptionalMember, true>> = {
  connections: true,
  readContacts: true,
  bulk: true,
  indexing: true,
  filling: true,
  erasure: true,
  mirroring: true,
  verifying: true,
  reporting: true,
  explaining: true,
  viewing: true,
  summarising: true,
  planChanges: true,
};

/** Returns an optional part of a wrapped store. {@link onlyMembersOf} lets no call through to a missing part. */
export function partOf<T>(part: T | undefined): T {
  if (part === undefined) throw new TypeError('The store lacks a part that it had when it was wrapped');
  return part;
}
