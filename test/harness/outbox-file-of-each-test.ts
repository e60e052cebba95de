import { afterEach, beforeEach } from 'vitest';
import { createOutboxFile, type OutboxFile } from './outbox-file.ts';

/** Gives each test of the file a state file of its own. Returns the one of the running test. */
export function outboxFileOfEachTest(create: () => OutboxFile = createOutboxFile): Omit<OutboxFile, symbol> {
  let current: OutboxFile | null = null;
  const file = (): OutboxFile => {
    if (current === null) throw new Error('No test runs, so there is no state file.');
    return current;
  };
  beforeEach(() => {
    current = create();
  });
  afterEach(async () => {
    await current?.[Symbol.asyncDispose]();
    current = null;
  });
  return {
    get folder() {
      return file().folder;
    },
    get file() {
      return file().file;
    },
    get clock() {
      return file().clock;
    },
    open: (options) => file().open(options),
    hold: (options) => file().hold(options),
    query: (text, ...values) => file().query(text, ...values),
    exec: (text) => file().exec(text),
  };
}
