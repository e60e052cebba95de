import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { canAsk, isAnsweredYes } from './ask.js';

/** A terminal on which this line has been typed. */
function terminal(typed: string | null) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  if (typed !== null) input.write(`${typed}\n`);
  return { input: Object.assign(input, { isTTY: true }), output: Object.assign(output, { isTTY: true }) };
}

describe('a question', () => {
  it.each([
    ['yes', true],
    [' YES ', true],
    ['y', false],
    ['', false],
    ['no', false],
  ])('is answered by %j: %s', async (typed, isYes) => {
    const asking = terminal(typed);
    expect(await isAnsweredYes('Delete 3 contacts?', asking, new AbortController().signal)).toBe(isYes);
    expect(String(asking.output.read())).toContain('Delete 3 contacts? Type yes: ');
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const asked = isAnsweredYes('Delete 3 contacts?', terminal(null), stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('needs a terminal at both ends', () => {
    const asking = terminal(null);
    expect(canAsk(asking)).toBe(true);
    expect(canAsk({ ...asking, input: new PassThrough() })).toBe(false);
    expect(canAsk({ ...asking, output: new PassThrough() })).toBe(false);
  });
});
