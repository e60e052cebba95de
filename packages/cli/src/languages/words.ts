/**
 * Returns a text of the command in the reader's language. The English text is the key of the catalogues, so a text is whole sentences:
 * what differs from case to case is a `{name}` in it.
 *
 * @param values of the names in braces; other braces stay as they are
 */
export type Words = (text: string, values?: Readonly<Record<string, string>>) => string;

/** Returns the text in English, as it is in the source. */
export const englishWords: Words = (text, values = {}) => filledIn(text, values);

/** Writes the values in the place of their names. */
export function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\{(\w+)\}/g,
    (whole, name: string) => (Object.hasOwn(values, name) ? values[name] : null) ?? whole,
  );
}
