import { ApiFault, type Clock, createHttpTransport, type HttpTransport } from '@dbsync/core';
import type { Simulator } from '@dbsync/simulator';

const MINUTE_MS = 60_000;

/**
 * A transport to a simulator on which requests for some contacts never get an answer. Their limits run on the given
 * clock.
 */
export interface HangingTransport extends HttpTransport {
  /** The contacts whose bodies never come. */
  readonly hanging: Set<string>;
  /** All requests for bodies so far. */
  readonly groups: (readonly string[])[];
}

export function createHangingTransport({ url, campaign, token }: Simulator, clock: Clock): HangingTransport {
  const limits = { idleMs: MINUTE_MS, deadlineMs: MINUTE_MS, maxAnswerBytes: 64 << 20 };
  const http = createHttpTransport({ apiUrl: url, campaign, token, ...limits });
  const hanging = new Set<string>();
  const groups: (readonly string[])[] = [];
  return {
    hanging,
    groups,
    async send(request, signal, transfer) {
      const { body = [] } = request;
      if (body.length > 0) groups.push(body);
      if (!body.some((id) => hanging.has(id))) return http.send(request, signal);
      await clock.sleep(transfer?.idleMs ?? MINUTE_MS, signal);
      throw new ApiFault('API_UNREACHABLE', 'The request was not answered.', { isTimeout: true });
    },
    close: http.close,
  };
}
