/** Checks a part of a verdict; it must hold for every sink. */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isDelay: Check = (value) => value === undefined || (typeof value === 'number' && value >= 0);
const isFault: Check = (value) => value === 'message' || value === 'target' || value === 'setup';
const isFaultOfRefusal: Check = (value) => value === undefined || value === 'message' || value === 'setup';
const isTextOrNothing: Check = (value) => value === undefined || typeof value === 'string';

const PARTS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  accepted: {},
  retry: { reason: isText, answer: isText, retryAfterMs: isDelay, fault: isFault },
  refused: { reason: isText, answer: isText, fault: isFaultOfRefusal },
  gone: { reason: isText, answer: isTextOrNothing },
};

/** Describes the fault in the verdicts of a call, in words; null: there is no fault. */
export function describeFlaw(verdicts: unknown, messages: number): string | null {
  if (!Array.isArray(verdicts)) return `it returned ${nameOf(verdicts)} instead of a list of verdicts`;
  if (verdicts.length !== messages) return `it returned ${verdicts.length} verdicts for ${messages} messages`;
  return verdicts.map(flawOf).find((flaw) => flaw !== null) ?? null;
}

function flawOf(value: unknown): string | null {
  const fields: Readonly<Record<string, unknown>> = Object(value);
  const { verdict } = fields;
  const parts = typeof verdict === 'string' && Object.hasOwn(PARTS, verdict) ? PARTS[verdict] : undefined;
  if (parts === undefined) return `it returned ${nameOf(verdict ?? value)} instead of a verdict`;
  const wrong = Object.entries(parts).find(([name, isRight]) => !isRight(fields[name]));
  return wrong === undefined ? null : `the ${wrong[0]} of its verdict "${verdict}" is ${nameOf(fields[wrong[0]])}`;
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value).slice(0, 50);
  return Array.isArray(value) ? 'a list' : 'an object';
}
