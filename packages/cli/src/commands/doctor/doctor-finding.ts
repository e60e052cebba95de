import type { Finding } from '@dbsync/core/contract';

/** A part of the set-up that is checked. */
export type DoctorPart = 'machine' | 'api' | 'plugins' | 'target' | 'receiver' | 'outbox';

/** The result of a check. */
export type DoctorLevel = 'pass' | 'warn' | 'fail' | 'not-checked';

/** One line of the report. */
export interface DoctorFinding {
  readonly part: DoctorPart;
  /** The name of the check, the same in every release; a sink's own checks have that of their part. */
  readonly check: string;
  readonly level: DoctorLevel;
  readonly what: string;
  /** The remedy: a statement, an option, a command. */
  readonly remedy: string | null;
}

/** Takes the findings of a part, as they come. */
export type Tell = (finding: Omit<DoctorFinding, 'part' | 'remedy'> & { readonly remedy?: string | null }) => void;

const LEVELS = { pass: 'pass', warn: 'warn', fail: 'fail', unknown: 'not-checked' } as const;

/** Returns a sink's own finding as one of the report. A level that the contract does not have counts as a failure. */
export function ofSink(check: string, { level, what, remedy }: Finding): Parameters<Tell>[0] {
  return {
    check,
    level: Object.hasOwn(LEVELS, level) ? LEVELS[level] : 'fail',
    what: String(what),
    remedy: remedy ?? null,
  };
}
