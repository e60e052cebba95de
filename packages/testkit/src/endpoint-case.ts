import { type CaseKind, type ConformanceCase, conformanceCase, type Need } from './conformance-case.js';
import { type EndpointBench, openEndpointBench } from './endpoint-bench.js';
import { type EndpointSubject, type EndpointTarget, meetsNeed } from './endpoint-subject.js';

/** One promise of the endpoint contract. */
export type EndpointCase = ConformanceCase<EndpointSubject>;

const ENDPOINT: CaseKind<EndpointTarget, EndpointBench> = { meets: meetsNeed, openBench: openEndpointBench };

/** Makes a case. @param check throws where the promise is broken */
export function endpointCase(name: string, check: (bench: EndpointBench) => Promise<void>, needs?: Need): EndpointCase {
  return conformanceCase(ENDPOINT, name, check, needs);
}
