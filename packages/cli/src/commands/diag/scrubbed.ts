/** The mark in place of what was taken out. */
const MASK = '***';

const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Credentials of an address, which may hold further `@`.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, `$1${MASK}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${MASK}`],
  [/\bwhsec_[\w+/=-]+/g, MASK],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|authorization)["']?\s*[:=]\s*["']?)(?!\/)[^\s"',;&}]+/gi,
    `$1${MASK}`,
  ],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, MASK],
  // Values that a database repeats in its errors.
  [/(=\()[^)]*(\))/g, `$1${MASK}$2`],
  [/((?:entry|value|text|string):?\s+)(['"])(?:(?!\2).)*\2/gi, `$1$2${MASK}$2`],
  // Numbers of telephones, but no dates.
  [/(?<![\w.:-])(?!\d{4}-\d\d-\d\d)(?:\+|00)?\(?\d(?:[ ()/.-]{0,2}\d){7,14}(?![\w:-])/g, MASK],
];

/**
 * Takes out what looks like a secret or a person's data, also where it is no secret of this run: passwords in addresses,
 * values after names such as `token=`, secrets of webhooks, e-mail addresses, numbers of telephones, and values in errors of
 * databases. Other long numbers go with them.
 */
export function scrubbed(text: string): string {
  return RULES.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
