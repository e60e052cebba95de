/** True where the receivers of chaos refuse this contact for good: one in twenty. */
export function isRefused(contactId: string): boolean {
  return Array.from(contactId, (letter) => letter.codePointAt(0) ?? 0).reduce((sum, code) => sum + code, 0) % 20 === 7;
}

/** The status of a refusal, which `--webhook-refused` names. */
export const REFUSING_STATUS = 422;
