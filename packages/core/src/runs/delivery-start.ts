import { toInstant } from '../discover/window.js';
import { START_TOLERANCE_MS } from '../fetch/api-clock.js';
import { clocksDiffer } from './lag.js';
import type { ReadingSession } from './session.js';

/** The time for which the first start of deliveries waits for two clocks that agree. */
const PATIENCE_MS = 5 * 60_000;
const ASK_EVERY_MS = 10_000;

/** The part of a session that decides when a new stream begins. */
export interface DeliveryStartSession extends Pick<ReadingSession, 'settings' | 'observe' | 'stop' | 'newSinceMs'> {
  readonly api: Pick<ReadingSession['api'], 'now' | 'clocks' | 'askNow'>;
  readonly context: Pick<ReadingSession['context'], 'clock'>;
}

/**
 * Returns the latest start that a new stream may have, in milliseconds since 1970: now where `--since` is given, else the
 * start of the process. The present time is known when the API has answered, which may be hours later, so the process counts
 * back from there: what happened meanwhile belongs to the stream. The present time is the earlier one of two clocks (R4), so
 * with a clock that is days behind, deliveries would begin with all that was fired in these days. So deliveries without
 * `--since` wait for some minutes until the two clocks agree, as after the start of a machine whose clock is not set yet.
 * Both the wait and its end are reported.
 */
export async function startNow(session: DeliveryStartSession): Promise<number> {
  const { api, settings, context, stop, newSinceMs } = session;
  const { clock } = context;
  const start = () => api.now() - (clock.monotonic() - newSinceMs);
  if (settings.since !== null) return api.now();
  if (settings.delivery === null) return start();
  const waitBeginsMs = clock.monotonic();
  const waitedMs = () => clock.monotonic() - waitBeginsMs;
  let isReported = false;
  while (clocksDiffer(session, START_TOLERANCE_MS) && waitedMs() < PATIENCE_MS) {
    if (!isReported)
      tell(
        session,
        `Deliveries begin in ${PATIENCE_MS / 60_000} minutes with all that was fired since ${toInstant(start())}.`,
      );
    isReported = true;
    await clock.sleep(ASK_EVERY_MS, stop);
    await api.askNow({ signal: stop });
  }
  const startMs = start();
  if (isReported) tell(session, `Deliveries begin with what was fired since ${toInstant(startMs)}.`);
  return startMs;
}

function tell({ api, observe }: DeliveryStartSession, does: string): void {
  const clocks = api.clocks();
  if (clocks === null) return;
  const [byApi, byMachine] = [toInstant(clocks.apiMs), toInstant(clocks.machineMs)];
  const remedy =
    'If they must begin at another time: stop dbsync, and set the clock of this machine (timedatectl set-ntp true) or give --since.';
  const message = `By the API's clock it is ${byApi}, by the clock of this machine ${byMachine}. ${does} ${remedy}`;
  observe({ type: 'notice', level: 'warn', code: 'DELIVERY_START_UNSURE', message });
}
