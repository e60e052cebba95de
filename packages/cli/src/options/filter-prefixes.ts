const QUOTES = /^[\s'"]+|[\s'"]+$/g;

/** Parses `fc_, qc_`: trimmed, empty ones dropped, without the quotes that some shells pass on. */
export function parseFilterPrefixes(text: string): readonly string[] {
  return text
    .split(',')
    .map((prefix) => prefix.replace(QUOTES, ''))
    .filter((prefix) => prefix !== '');
}
