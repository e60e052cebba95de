/** The request cannot be answered. The status is that of the refusal. */
export class BadRequest extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'BadRequest';
    this.status = status;
  }
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?Z?)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Parses a time: UTC without a zone or with `Z`, up to three decimals; or a bare day. */
export function parseTime(text: string): number {
  const ms = TIME.test(text) ? Date.parse(text.length === 10 || text.endsWith('Z') ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new BadRequest(400, `"${text}" is no time.`);
  return ms;
}

export function parseDay(text: string): number {
  if (!DAY.test(text)) throw new BadRequest(400, `"${text}" is no day.`);
  return parseTime(text);
}

export function parseLimit(text: string | null): number {
  if (text === null) return 1000;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new BadRequest(400, `"${text}" is no limit.`);
  return Number(text);
}

export function parseIds(body: string): readonly string[] {
  const ids = parseJson(body);
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids;
  throw new BadRequest(400, 'The body is no array of ids.');
}

export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new BadRequest(400, 'The body is no JSON.');
  }
}
