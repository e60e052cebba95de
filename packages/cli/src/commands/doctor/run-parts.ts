import type { ErrorCodes } from '@dbsync/core/contract';
import { failureOf } from '../../exit-code.js';
import type { DoctorFinding, DoctorPart, Tell } from './doctor-finding.js';

/** The checks of one part, one after the other. */
export interface PartOfDoctor {
  readonly part: DoctorPart;
  /** The checks, by their names in order: those without a finding are reported as not checked. */
  readonly checks: readonly string[];
  /** The longest time for all of them. */
  readonly deadlineMs: number;
  /** Ends soon after the signal; findings until then count. */
  run(tell: Tell, signal: AbortSignal): Promise<void>;
}

/**
 * Runs the parts side by side, each within its time, also where it never answers. Returns the findings in the order of the
 * parts.
 */
export async function runParts(
  parts: readonly PartOfDoctor[],
  codes: ErrorCodes,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const findings = await Promise.all(parts.map((part) => runPart(part, codes, signal)));
  signal.throwIfAborted();
  return findings.flat();
}

const WHERE_TO_LOOK =
  'Check whether a firewall drops the connection, and whether the other side is overloaded; then run dbsync doctor again';

async function runPart(
  { part, checks, deadlineMs, run }: PartOfDoctor,
  codes: ErrorCodes,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  let isOver = false;
  const tell: Tell = ({ remedy = null, ...finding }) => void (isOver || findings.push({ part, ...finding, remedy }));
  const unanswered = () => checks.filter((name) => !findings.some(({ check }) => check === name));
  const deadline = AbortSignal.timeout(deadlineMs);
  const ends = AbortSignal.any([signal, deadline]);
  const given = Promise.withResolvers<void>();
  ends.addEventListener('abort', () => given.reject(ends.reason), { once: true });
  try {
    await Promise.race([run(tell, ends), given.promise]);
  } catch (error) {
    const [check = part] = unanswered();
    if (deadline.aborted) {
      const what = `No answer within ${deadlineMs / 1000} s`;
      tell({ check, level: 'fail', what, remedy: WHERE_TO_LOOK });
    } else {
      const { code, message, remedy } = failureOf(error, codes);
      tell({ check, level: 'fail', what: `${code}: ${message}`, remedy });
    }
  }
  const reason = findings.findLast(({ level }) => level === 'fail')?.check;
  for (const check of unanswered()) tell(notChecked(check, reason === undefined ? 'no answer' : `${reason} failed`));
  isOver = true;
  return findings;
}

/** Returns the finding of a check that could not be made. The text of the report joins those with the same reason. */
export function notChecked(check: string, reason: string, remedy: string | null = null): Parameters<Tell>[0] {
  return { check, level: 'not-checked', what: `${NOT_CHECKED}${reason}`, remedy };
}

/** The beginning of all reasons. */
export const NOT_CHECKED = 'not checked, since ';
