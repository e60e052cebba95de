/** The way in which a command waits for the process that holds the campaign to answer a request in the mailbox. */
export const MAILBOX_WAIT = {
  /** The pause between two looks into the mailbox. */
  lookMs: 500,
  /** The longest wait without an answer: a daemon looks into its mailbox once an interval, a minute by default. */
  patienceMs: 150_000,
} as const;
