import { STATUS_CODES } from 'node:http';
import type { Verdict } from '@dbsync/core/contract';
import type { Answer } from './answer.js';
import { httpDateMs, retryAfterMs } from './retry-after.js';

/**
 * Says nothing of the message: redirects, credentials, an address where nobody listens, a limit on all, and what proxies
 * answer when the service behind them is down (the last ones Cloudflare's). Everything else may be about the message.
 */
const OF_THE_TARGET: ReadonlySet<number> = new Set([
  401, 403, 404, 405, 407, 421, 426, 429, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530,
]);
const GONE = 410;

/** @param url the one that answered: a redirect is described against it */
export function verdictOf(answer: Answer, url: URL): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return { verdict: 'accepted' };
  const name = STATUS_CODES[status];
  const said = `HTTP ${status}${name === undefined ? '' : ` ${name}`}`;
  if (status === GONE) return { verdict: 'gone', reason: said };
  const redirects = status >= 300 && status < 400;
  const wait = retryAfterMs(answer.retryAfter, httpDateMs(answer.date ?? '') ?? Date.now());
  return {
    verdict: 'retry',
    reason: redirects ? `${said}${whereTo(answer.location, url)}, and redirects are not followed` : said,
    answer: answer.beginning,
    ...(wait !== null && { retryAfterMs: wait }),
    fault: status < 400 || OF_THE_TARGET.has(status) ? 'target' : 'message',
  };
}

/** The origin, and what became of the path: paths and queries may hold secrets. */
function whereTo(location: string | undefined, url: URL): string {
  const to = location === undefined ? null : URL.parse(location, url.href);
  if (to === null) return ' without a place to go to';
  const origin = to.origin === 'null' ? to.protocol : to.origin;
  return `: it points to ${origin}, ${pathChange(`${url.pathname}${url.search}`, `${to.pathname}${to.search}`)}`;
}

function pathChange(from: string, to: string): string {
  if (to === from) return 'same path';
  if (to === `${from}/`) return 'same path with a slash at its end';
  if (`${to}/` === from) return 'same path without the slash at its end';
  return 'another path';
}
