import { type CaseBench, openBench } from './case-bench.js';
import { type CaseKind, type ConformanceCase, conformanceCase, type Need } from './conformance-case.js';
import { meets, type StoreSubject, type StoreTarget } from './store-subject.js';

/** One promise of the store contract. */
export type StoreCase = ConformanceCase<StoreSubject>;

const STORE: CaseKind<StoreTarget, CaseBench> = { meets, openBench };

/** Makes a case. @param check throws where the promise is broken */
export function storeCase(name: string, check: (bench: CaseBench) => Promise<void>, needs?: Need): StoreCase {
  return conformanceCase(STORE, name, check, needs);
}

/** Makes a case about whole rows, which an outbox does not keep. */
export function rowsCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'rows');
}
