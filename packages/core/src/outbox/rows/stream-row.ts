import type { StoredText } from '../file/stored-text.js';

/** The committed row of a stream. */
export interface StreamRow {
  readonly nr: number;
  readonly stream: StoredText;
  readonly epoch: number;
  readonly holder: string | null;
  readonly plan: StoredText | null;
  readonly process: string | null;
  readonly lease_ms: number;
  readonly lease_until: number;
  readonly beats: number;
  readonly progress: string | null;
  readonly start: string | null;
  readonly plan_changed_at: string | null;
  readonly messages: number;
  /** Contacts with waiting messages. */
  readonly lines: number;
  readonly accepted: number;
}
