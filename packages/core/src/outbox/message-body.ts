import { type Fields, fieldOf, isFields, type Json, jsonText } from '../contract/index.js';
import { parseJson } from '../lossless-json.js';

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

/** An object as it was queued, its digits too. */
export function parseFields(text: string): Fields {
  const value = parseJson(text);
  return isFields(value) ? value : {};
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
