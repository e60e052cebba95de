/**
 * `late`: the copy is further behind than allowed. `unable`: an error has lasted for ten minutes, or ended the process.
 * `dead-letter`: a record could not be written or delivered. `recovered`: nothing of that lasts.
 */
export type AlertKind = 'late' | 'unable' | 'dead-letter' | 'recovered';

/** An alert for people. It holds no secret. */
export interface Alert {
  readonly kind: AlertKind;
  /** The error code; null: recovered. */
  readonly code: string | null;
  readonly text: string;
  /** The number of times that it happened since the last alert of the kind. */
  readonly count: number;
}

/** A way by which alerts leave the process. */
export interface AlertChannel {
  /** The option that asks for it. */
  readonly option: string;
  /** Sends an alert. @throws an error without secrets */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
  close(): void;
}
