import { type Fields, fieldOf, isFields, type Json, jsonText, parseJson } from '../../contract/index.js';

/** The JSON texts of a message, as they were queued. */
export interface MessageBody {
  readonly contact: string;
  readonly transaction_body: string;
}

/** Returns the beginning of an answer, which is enough to understand the target. */
export function beginningOf(answer: string): string {
  return answer.slice(0, ANSWER_LENGTH);
}

const ANSWER_LENGTH = 2_048;

/** The parsed body of a message. */
export interface MessageContent {
  readonly contact: Fields;
  readonly transaction: Fields;
}

/** Parses a body without changing its digits; null if it is lost, or is no longer two JSON objects (R36). */
export function contentOf(body: MessageBody | undefined): MessageContent | null {
  if (body === undefined) return null;
  const [contact, transaction] = [parsed(body.contact), parsed(body.transaction_body)];
  return isFields(contact) && isFields(transaction) ? { contact, transaction } : null;
}

/** Returns the body for a dead letter. A part that cannot be parsed stays as its text. */
export function recordOfBody(body: MessageBody | undefined): { readonly contact: Json; readonly transaction: Json } {
  const content = contentOf(body);
  return content ?? { contact: body?.contact ?? null, transaction: body?.transaction_body ?? null };
}

export interface DeadMessageBody extends MessageBody {
  readonly id: string;
  readonly state: 'new' | 'updated';
}

/**
 * Returns the parts of a dead letter's body that are queued again; null if it is the body of another kind of dead
 * letter.
 */
export function bodyOfDeadLetter(text: string): DeadMessageBody | null {
  const value = parsed(text);
  if (!isFields(value)) return null;
  const [id, state] = [fieldOf(value, 'id'), fieldOf(value, 'state')];
  const [contact, transaction] = [fieldOf(value, 'contact'), fieldOf(value, 'transaction')];
  if (typeof id !== 'string' || (state !== 'new' && state !== 'updated')) return null;
  if (!isFields(contact) || !isFields(transaction)) return null;
  return { id, state, contact: jsonText(contact), transaction_body: jsonText(transaction) };
}

/** Parses a JSON text; null if it is no JSON, since another program may have changed it (R36). */
function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
