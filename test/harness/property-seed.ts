import fc from 'fast-check';

/**
 * Gives every property the same cases in each run, so that a test that passed passes again. Other cases are tried by
 * hand: `DBSYNC_TEST_SEED=2 DBSYNC_TEST_CASES=100000 npm test -- packages/core`.
 */
const { DBSYNC_TEST_SEED = '1', DBSYNC_TEST_CASES = '100' } = process.env;
fc.configureGlobal({ seed: Number(DBSYNC_TEST_SEED), numRuns: Number(DBSYNC_TEST_CASES) });
