import { STATUS_WORDS, type StatusLanguage } from '../commands/status/status-words.js';

/**
 * Chooses the language of a page: `?lang=es`, else the one of ours that the reader likes best, else English.
 *
 * @param accepted the header `accept-language` of the request
 */
export function pageLanguage(wanted: string | null, accepted: string): StatusLanguage {
  if (wanted !== null && isOurs(wanted)) return wanted;
  const ranges = accepted.split(',', MOST_RANGES).flatMap((range) => {
    const [, language = '', quality = '1'] = RANGE.exec(range.trim().toLowerCase()) ?? [];
    return isOurs(language) && Number(quality) > 0 ? [{ language, quality: Number(quality) }] : [];
  });
  const best = ranges.reduce<(typeof ranges)[number] | null>(
    (first, each) => (first === null || each.quality > first.quality ? each : first),
    null,
  );
  return best?.language ?? 'en';
}

/** A longer header is not read on. */
const MOST_RANGES = 32;
/** Matches a range such as `es-ES;q=0.8`, with its language and its quality. */
const RANGE = /^([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(\d(?:\.\d{0,3})?))?$/;

function isOurs(text: string): text is StatusLanguage {
  return Object.hasOwn(STATUS_WORDS, text);
}
