/**
 * Quotes a name for a command that an operator pastes into a shell: no character of it does anything there. A plain name
 * stays as it is.
 */
export function quotedForShell(text: string): string {
  if (text === '') return '""';
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
