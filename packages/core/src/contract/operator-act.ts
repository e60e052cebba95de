import type { StoreRequest } from './store-sink.js';

/** The person who gave a command, as the operating system knows them. */
export interface Operator {
  /** Such as `ada`, or `ada (sudo)`. */
  readonly user: string;
  readonly host: string;
}

/** An act of an operator, as the audit table of a target keeps it. */
export interface OperatorAct {
  /** Such as `replay`, `drop`, `forget`, `pause`. */
  readonly act: string;
  /** JSON of what it is about. Contacts that are to be forgotten are counted, and not named. */
  readonly subject: string;
}

/** The act of an operator who posts this request. */
export function actOfRequest({ key: _, kind, ...about }: StoreRequest): OperatorAct {
  const isNamed = kind === 'refetch' || !('contactIds' in about);
  return { act: kind, subject: JSON.stringify(isNamed ? about : { contacts: about.contactIds.length }) };
}
