import type { CallOptions } from './call-options.js';

/**
 * Named views with plain column names, for people who write reports. No call needs a claim; all may run beside the
 * writes of any holder. A view holds no rows of its own: it shows what the tables hold.
 */
export interface Viewing {
  /** Returns all views that `installViews` would make, and whether each is there. Changes nothing. */
  describeViews(request: ViewRequest, options: CallOptions): Promise<readonly ReportView[]>;
  /**
   * Makes the views, or brings them up to date, and keeps the request: from then on `declareFields` keeps them up to
   * date with the tables. A view that is up to date stays untouched. An object of another program that has the name of
   * a view is never replaced: it throws, `fatal` and `not-committed`, before it makes any view.
   */
  installViews(request: ViewRequest, options: CallOptions): Promise<readonly ReportView[]>;
  /** Drops the views that were installed, and returns their names. */
  dropViews(options: CallOptions): Promise<readonly string[]>;
}

/** The choices for the views. */
export interface ViewRequest {
  /**
   * The IANA name of the zone of local times, such as `Europe/Madrid`. Null: that of the installed views, else UTC. A
   * name that JavaScript does not know is a fatal SinkError.
   */
  readonly timeZone: string | null;
}

/** A view as it would be made. */
export interface ReportView {
  /** The target's own name of the view. */
  readonly name: string;
  /** The statement that makes it. */
  readonly statement: string;
  readonly timeZone: string;
  /** `outdated`: it was installed for other tables, another zone or by another version; `foreign`: another program's. */
  readonly state: 'absent' | 'current' | 'outdated' | 'foreign';
}
