/** Hides what differs between two runs of the same command: times, sizes, hosts, versions, and where lines break. */
export function maskedOutput(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/g, 'TIME')
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, 'DAY')
    .replaceAll(/(?<![\w.])[\d,]+(?:\.\d+)? (?:ms|s|min|h|d|seconds?|minutes?|hours?|days?)\b/g, 'DURATION')
    .replaceAll(/DURATION(?: DURATION)+/g, 'DURATION')
    .replaceAll(/(?<![\w.])[\d,]+(?:\.\d+)? (?:bytes|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\b/g, 'SIZE')
    .replaceAll(/\bv?\d+\.\d+\.\d+\b/g, 'VERSION')
    .replaceAll(/\b([Pp]rocess) \d+ on [^\s,]+/g, '$1 NUMBER on HOST')
    .replaceAll(/\bmsg_[0-9a-f]+/g, 'MESSAGE')
    .replaceAll(/\b[0-9a-f]{12}\b/g, 'KEY')
    .replaceAll(/(?<=webhook-timestamp: )\d+/g, 'SECONDS')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
