/** Parts of a text that a translation keeps: options, pages, codes, variables, names in braces, numbers, what stands in backquotes. */
const KEPT: readonly RegExp[] = [
  /--[a-z][a-z\d-]*/g,
  /\bdocs\/[\w/.-]*\w/g,
  /\b[A-Z][A-Z\d]*_[A-Z\d_]+\b/g,
  /\{\w+\}/g,
  /`[^`]+`/g,
  /\bdbsync(?: [a-z]+(?:-[a-z]+)*)?(?= (?:--|[A-Z]{2}))/g,
  /\d+/g,
];

/** Matches the mark between thousands, which each language writes in its own way, and some leave out. */
const BETWEEN_THOUSANDS = /(?<=\b\d{1,3})[.,](?=\d{3}\b)/g;

/** Returns the parts of an English text that its translation lacks. */
export function missingParts(english: string, translation: string): readonly string[] {
  const [original, translated] = [english, translation].map((text) => text.replace(BETWEEN_THOUSANDS, ''));
  return KEPT.flatMap((pattern) => {
    const there = new Set(translated?.match(pattern) ?? []);
    return [...new Set(original?.match(pattern) ?? [])].filter((part) => !there.has(part));
  });
}

/** Returns what is wrong with the form of a translation: a text that is empty, or has characters or blanks that no text should have. */
export function faultsOfForm(english: string, translation: string): readonly string[] {
  return [
    ...(translation === '' ? ['is empty'] : []),
    ...(translation === translation.normalize('NFC') ? [] : ['has letters and accents apart']),
    ...(/\p{Cc}|\p{Cf}|\u00a0|\u202f|\t/u.test(translation) ? ['has characters that a reader does not see'] : []),
    ...(translation === translation.trim() && !translation.includes('  ') ? [] : ['has blanks too many']),
    ...(lastMark(english) === lastMark(translation)
      ? []
      : [`ends with "${lastMark(translation)}" and not "${lastMark(english)}"`]),
  ];
}

function lastMark(text: string): string {
  return /[.:!?]$/.exec(text)?.[0] ?? '';
}
