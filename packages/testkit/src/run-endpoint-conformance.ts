import type { EndpointCase } from './endpoint-case.js';
import { brokenDeliveryCases } from './endpoint-cases/broken-connections.js';
import { deliveryCases } from './endpoint-cases/deliveries.js';
import { killedDeliveryCases } from './endpoint-cases/killed-deliveries.js';
import { endpointLifecycleCases } from './endpoint-cases/lifecycle.js';
import { renewalCases } from './endpoint-cases/renewal.js';
import { targetAnswerCases } from './endpoint-cases/target-answers.js';
import { valueCases } from './endpoint-cases/values.js';
import type { EndpointSubject } from './endpoint-subject.js';
import { type ConformanceReport, runCases } from './run-cases.js';

/** All promises of the endpoint contract. In any test runner: `for (const c of endpointCases) it(c.name, () => c.run(subject))`. */
export const endpointCases: readonly EndpointCase[] = [
  ...deliveryCases,
  ...valueCases,
  ...targetAnswerCases,
  ...endpointLifecycleCases,
  ...renewalCases,
  ...brokenDeliveryCases,
  ...killedDeliveryCases,
];

/**
 * Runs the cases one after the other, for authors without a test runner.
 *
 * @returns the report, if at least one case was run and none failed
 * @throws {@link ConformanceError} otherwise
 */
export function runEndpointConformance(
  subject: EndpointSubject,
  cases: readonly EndpointCase[] = endpointCases,
): Promise<ConformanceReport> {
  return runCases(subject, cases);
}
