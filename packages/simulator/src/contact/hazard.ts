import type { JsonObject } from './json.js';
import type { Random } from './random.js';

/**
 * Changes a record in place into one on which a careless reader or store fails or loses data.
 *
 * @param round how often all hazards have been met before: many a hazard has variants
 */
export type Hazard = (contact: JsonObject, random: Random, round: number) => void;
