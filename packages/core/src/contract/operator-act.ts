import type { StoreRequest } from './store-request.js';

/** The person who gave a command, as the operating system knows them. */
export interface Operator {
  /** The user, such as `ada`, or `ada (sudo)`. */
  readonly user: string;
  readonly host: string;
}

/** An act of an operator, as the audit table of a target keeps it. */
export interface OperatorAct {
  /** The act, such as `replay`, `drop`, `forget`, `pause`. */
  readonly act: string;
  /**
   * JSON of its subject. Contacts of a request are counted, and not named: its row stays when one is forgotten later.
   */
  readonly subject: string;
}

/** Returns the act of an operator who posts this request. */
export function actOfRequest(request: StoreRequest): OperatorAct {
  if ('contactIds' in request) return actOnContacts(request.kind, request.contactIds.length);
  const { key: _, kind, ...about } = request;
  return { act: kind, subject: JSON.stringify(about) };
}

/** Returns the act of an operator on this number of contacts, none of them named. */
export function actOnContacts(act: 'forget' | 'remember' | 'refetch' | 'drop-gone', contacts: number): OperatorAct {
  return { act, subject: JSON.stringify({ contacts }) };
}

/** Returns the request without these contacts; null where it names no other. */
export function withoutContacts(request: StoreRequest, contactIds: ReadonlySet<string>): StoreRequest | null {
  if (!('contactIds' in request)) return request;
  const others = request.contactIds.filter((id) => !contactIds.has(id));
  if (others.length === request.contactIds.length) return request;
  return others.length === 0 ? null : { ...request, contactIds: others };
}
