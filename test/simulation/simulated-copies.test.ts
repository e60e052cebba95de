import { itKeepsEveryPromise, tenDays } from './kept-promises.ts';

/** Worlds of copies in memory, with faults of all kinds: a file of their own, so that they run beside those of deliveries. */
const WORLDS = tenDays('memory', ...Array.from({ length: 13 }, (_, nr) => 50_001 + nr));

itKeepsEveryPromise(WORLDS);
