/** The mark in place of what was taken out. */
const MASK = '***';

/** Longer lines are cut, so that a pattern ends soon. */
const MAX_LINE = 4_096;
/** The end of a cut line goes too, since it may hold half a value. */
const CUT_END = 200;

const SECRET_NAME = String.raw`(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|authorization)\\?["']?\s{0,8}[:=]\s{0,8}`;
const SPACE = '\\t \\u00a0\\u2009\\u202f';
const HYPHEN = '\\u2010-\\u2015-';
const MONTH_AND_DAY = String.raw`(?:0\d|1[0-2])-[0-3]\d(?!-?\d)`;
const ISO_TIME = String.raw`(?<!\d)(?:19|20)\d\d-${MONTH_AND_DAY}(?:[T ]\d\d[:-]\d\d(?:[:-]\d\d(?:\.\d+)?)?)?`;
// Digits after a capital letter belong to an id, such as that of a campaign.
const PHONE = String.raw`(?<![A-Z\d])\+?\(?\d(?:(?:[${SPACE}()/.${HYPHEN}]{0,2}|[${SPACE}][${HYPHEN}][${SPACE}])\d){7,}`;

const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Credentials of an address, which may hold further `@`, and spaces where a character was not encoded.
  [/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"'<>]{0,512}@/gi, `$1${MASK}@`],
  [
    /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"'<>:/@]{0,256}:(?!\d{1,5}(?:[\s/?]|$))[^"'<>\n@]{0,256}@(?:[^\s"'<>]{0,256}@)?/gi,
    `$1${MASK}@`,
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi, `$1 ${MASK}`],
  [/\bwhsec_[\w+/=-]+/g, MASK],
  [new RegExp(String.raw`(${SECRET_NAME})(\\?["'])(?:(?!\2)(?:\\.|.))*(?:\2|$)`, 'gim'), `$1$2${MASK}$2`],
  [new RegExp(String.raw`(${SECRET_NAME})[^\s"',;&}\\]+`, 'gi'), `$1${MASK}`],
  // Values that a database repeats in its errors. They may hold quotes and brackets themselves.
  [/\b(invalid input [^:\n]{0,80}:\s?|row contains\s|value is\s).+/gi, `$1${MASK}`],
  [/(=\()(?:.*(\))|.*)/g, `$1${MASK}$2`],
  [/((?:entry|value|text|string):?\s{1,8})(['"])(?:.*\2(?= (?:for|to) )|(?:(?!\2).)*(?:\2|$))/gim, `$1$2${MASK}$2`],
  // Addresses of mail, but no versions of packages.
  [
    /(?<![\p{L}\p{N}_.+%-])[\p{L}\p{N}_.+%-]{1,128}(?:@|%40)(?!\d+\.\d+\.\d)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}/gu,
    MASK,
  ],
];

const TIME_OR_PHONE = new RegExp(`(${ISO_TIME})|${PHONE}`, 'g');

/**
 * Takes out what looks like a secret or a person's data, also where it is no secret of this run: passwords in addresses,
 * values after names such as `token=`, secrets of webhooks, e-mail addresses, numbers of telephones, and values in errors of
 * databases. Other long numbers go with them. Long lines are cut.
 */
export function scrubbed(text: string): string {
  return masked(text.split('\n').map(cutLine).join('\n'));
}

function cutLine(line: string): string {
  if (line.length <= MAX_LINE) return line;
  return `${masked(line.slice(0, MAX_LINE)).slice(0, -CUT_END)} ... (cut)`;
}

function masked(text: string): string {
  const rest = RULES.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text);
  return rest.replace(TIME_OR_PHONE, (_, time?: string) => time ?? MASK);
}
