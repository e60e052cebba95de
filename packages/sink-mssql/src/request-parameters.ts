import { type Request, TYPES } from 'tedious';

/** Texts up to this length are declared with it, so that their plans are shared. */
const SHORT_TEXT = 4000;
const MAX_INT = 2_147_483_647;

/** Adds a parameter to a request. @throws TypeError for a value that has no type in the database */
export function addParameter(request: Request, name: string, value: unknown): void {
  if (value === null || value === undefined) {
    request.addParameter(name, TYPES.NVarChar, null, { length: SHORT_TEXT });
  } else if (typeof value === 'string') {
    const length = value.length <= SHORT_TEXT ? SHORT_TEXT : Number.POSITIVE_INFINITY;
    request.addParameter(name, TYPES.NVarChar, value, { length });
  } else if (typeof value === 'boolean') {
    request.addParameter(name, TYPES.Bit, value);
  } else if (typeof value === 'bigint' || Number.isSafeInteger(value)) {
    request.addParameter(name, Math.abs(Number(value)) <= MAX_INT ? TYPES.Int : TYPES.BigInt, value);
  } else if (typeof value === 'number') {
    request.addParameter(name, TYPES.Float, value);
  } else {
    throw new TypeError(`No parameter for a ${typeof value}`);
  }
}
