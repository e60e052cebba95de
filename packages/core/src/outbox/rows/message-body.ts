import { type Fields, fieldOf, isFields, type Json, jsonText, parseJson } from '../../contract/index.js';

/** JSON as it came. */
export interface MessageBody {
  readonly contact: string;
  readonly transaction_body: string;
}

/** The beginning of an answer is enough to see what the target meant. */
export function beginningOf(answer: string): string {
  return answer.slice(0, ANSWER_LENGTH);
}

const ANSWER_LENGTH = 2_048;

/** The body of a message, parsed. */
export interface MessageContent {
  readonly contact: Fields;
  readonly transaction: Fields;
}

/** The body as it was queued, its digits too; null where it is lost, or is no longer two JSON objects (R36). */
export function contentOf(body: MessageBody | undefined): MessageContent | null {
  if (body === undefined) return null;
  const [contact, transaction] = [parsed(body.contact), parsed(body.transaction_body)];
  return isFields(contact) && isFields(transaction) ? { contact, transaction } : null;
}

/** The body for a dead letter: what cannot be parsed stays as the text that it is. */
export function recordOfBody(body: MessageBody | undefined): { readonly contact: Json; readonly transaction: Json } {
  const content = contentOf(body);
  return content ?? { contact: body?.contact ?? null, transaction: body?.transaction_body ?? null };
}

export interface DeadMessageBody extends MessageBody {
  readonly id: string;
  readonly state: 'new' | 'updated';
}

/** The parts of a dead letter's body that are queued again; null where it is the body of something else. */
export function bodyOfDeadLetter(text: string): DeadMessageBody | null {
  const value = parsed(text);
  if (!isFields(value)) return null;
  const [id, state] = [fieldOf(value, 'id'), fieldOf(value, 'state')];
  const [contact, transaction] = [fieldOf(value, 'contact'), fieldOf(value, 'transaction')];
  if (typeof id !== 'string' || (state !== 'new' && state !== 'updated')) return null;
  if (!isFields(contact) || !isFields(transaction)) return null;
  return { id, state, contact: jsonText(contact), transaction_body: jsonText(transaction) };
}

/** Null where it is no JSON: another program may have changed it (R36). */
function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
