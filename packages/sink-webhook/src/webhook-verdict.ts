import { STATUS_CODES } from 'node:http';
import type { Verdict } from '@dbsync/core/contract';
import { httpDateMs, retryAfterMs } from '@dbsync/core/sink-kit';
import type { Answer } from './answer.js';

/**
 * Statuses of the target as a whole: a limit on all requests, and answers of proxies for a service that is down (from
 * 520, Cloudflare's).
 */
const OF_THE_TARGET: ReadonlySet<number> = new Set([429, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530]);
/**
 * Statuses about address or credentials, redirects among them. From a target that has accepted messages they are about
 * one message.
 */
const OF_THE_SETUP: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 421, 426]);
const GONE = 410;

/**
 * True where a list of statuses that refuse for good may have this one: no acceptance, and not the target as a whole.
 */
export function mayRefuse(status: number): boolean {
  return status >= 300 && status < 600 && !OF_THE_TARGET.has(status);
}

/**
 * Returns the verdict.
 * @param url the URL that answered: a redirect is described against it
 * @param refused statuses that refuse a message for good
 * @param hasText false where the text of an acceptance is missing, for example in a login page
 */
export function verdictOf(answer: Answer, url: URL, refused: ReadonlySet<number>, hasText = true): Verdict {
  const { status } = answer;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && hasText) return { verdict: 'accepted' };
  const name = STATUS_CODES[status];
  const said = `HTTP ${status}${name === undefined ? '' : ` ${name}`}`;
  if (isSuccess) {
    const reason = `${said}, without the text of --webhook-accept-if-contains`;
    return { verdict: 'retry', reason, answer: answer.beginning, fault: 'message' };
  }
  const redirects = status >= 300 && status < 400;
  const wait = retryAfterMs(answer.retryAfter, httpDateMs(answer.date ?? '') ?? Date.now());
  const details = {
    reason: redirects ? `${said}${whereTo(answer.location, url)}, and redirects are not followed` : said,
    answer: answer.beginning,
  };
  const fault = redirects || OF_THE_SETUP.has(status) ? 'setup' : 'message';
  if (refused.has(status))
    return status === GONE ? { verdict: 'gone', ...details } : { verdict: 'refused', ...details, fault };
  return {
    verdict: 'retry',
    ...details,
    ...(wait !== null && { retryAfterMs: wait }),
    fault: status < 200 || OF_THE_TARGET.has(status) ? 'target' : fault,
  };
}

/** Describes a redirect: the origin, and whether the path changed. Paths and queries may hold secrets. */
function whereTo(location: string | undefined, url: URL): string {
  const to = location === undefined ? null : URL.parse(location, url.href);
  if (to === null) return ' without a location';
  const origin = to.origin === 'null' ? to.protocol : to.origin;
  return `: it points to ${origin}, ${pathChange(`${url.pathname}${url.search}`, `${to.pathname}${to.search}`)}`;
}

function pathChange(from: string, to: string): string {
  if (to === from) return 'same path';
  if (to === `${from}/`) return 'same path with a slash at its end';
  if (`${to}/` === from) return 'same path without the slash at its end';
  return 'another path';
}
