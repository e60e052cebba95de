/** JSON as the simulator serves it. Numbers whose digits matter are raw JSON, which `JSON.stringify` writes as it is. */
export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject;

/** An object of JSON. Its keys may be any text, `__proto__` among them: see {@link setOwn}. */
export interface JsonObject {
  [name: string]: Json | undefined;
}

/** A number by its digits. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** Makes a number from its digits. @param digits a number as JSON writes it */
export function rawNumber(digits: string): RawNumber {
  return (JSON as unknown as { rawJSON(text: string): RawNumber }).rawJSON(digits);
}

/** Sets an own key, whatever its name means to JavaScript. */
export function setOwn(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value);
}

/** Returns the objects of a value that should be a list of objects. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
