import assert from 'node:assert/strict';
import { isSinkError, type SinkError, type SinkErrorDetails } from '@dbsync/core/contract';

/** Fails unless the call throws a {@link SinkError} with these details. */
export async function expectSinkError(call: Promise<unknown>, details: Partial<SinkErrorDetails>): Promise<SinkError> {
  const error = await call.then(
    () => assert.fail(`the call succeeded; it should have thrown a SinkError (${details.verdict})`),
    (thrown: unknown) => thrown,
  );
  assert.ok(isSinkError(error), `thrown: ${String(error)}; it should be a SinkError`);
  for (const [name, value] of Object.entries(details)) {
    assert.deepEqual(error[name as keyof SinkErrorDetails], value, `${name} of "${error.message}"`);
  }
  return error;
}
