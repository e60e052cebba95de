import { itKeepsEveryPromise, tenDays } from './kept-promises.ts';

/** Worlds of deliveries, with faults of all kinds: a file of their own, so that they run beside those of copies. */
const WORLDS = tenDays('webhook', 601, 20001, 20002, 20003);

itKeepsEveryPromise(WORLDS);
