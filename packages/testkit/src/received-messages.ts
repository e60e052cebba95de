import assert from 'node:assert/strict';
import { canonicalJson, type Fields, fieldOf, isFields, type Message, parseJson } from '@dbsync/core/contract';
import type { EndpointTarget, ReceivedMessage } from './endpoint-subject.js';

/**
 * Reads a received JSON text, every number with its digits: `JSON.parse` alone would lose some.
 *
 * @param body `{"contact": {...}, "transaction": {...}, "state": "new"}`, with any other members beside
 */
export function receivedMessage(id: string, body: string): ReceivedMessage {
  const value = parseJson(body);
  assert.ok(isFields(value), `an object, as JSON: ${body.slice(0, 100)}`);
  const state = fieldOf(value, 'state');
  assert.ok(typeof state === 'string', 'a state');
  return { id, contact: objectOf(value, 'contact'), transaction: objectOf(value, 'transaction'), state };
}

/** Fails unless all of these have arrived, each unchanged and under its id, and no other. */
export async function expectReceived(target: EndpointTarget, messages: readonly Message[]): Promise<void> {
  const received = await target.received();
  const wanted = new Map(messages.map((message) => [message.id, message]));
  for (const arrived of received) {
    const message = wanted.get(arrived.id);
    assert.ok(message, `nothing was delivered under the id that arrived: ${arrived.id}`);
    expectSame(message, arrived);
  }
  const ids = new Set(received.map(({ id }) => id));
  const missing = messages.filter(({ id }) => !ids.has(id));
  assert.equal(missing.length, 0, `messages that did not arrive: ${missing.map(({ id }) => id).join(', ')}`);
}

/** Counts the arrivals by id. */
export async function countArrivals(target: EndpointTarget): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { id } of await target.received()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function expectSame(message: Message, arrived: ReceivedMessage): void {
  assert.equal(arrived.state, message.state, `the state of ${message.id}`);
  for (const part of ['contact', 'transaction'] as const) {
    const [wanted, have] = [message[part], arrived[part]];
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(have)])) {
      const [want, got] = [textOf(wanted, name), textOf(have, name)];
      assert.ok(want === got, `${part}.${name} of ${message.id} is ${got}, and was ${want}`);
    }
  }
}

function textOf(fields: Fields, name: string): string {
  const value = fieldOf(fields, name);
  return value === undefined ? 'not there' : canonicalJson(value);
}

function objectOf(fields: Fields, name: string): Fields {
  const value = fieldOf(fields, name);
  assert.ok(isFields(value), `${name}: an object`);
  return value;
}
