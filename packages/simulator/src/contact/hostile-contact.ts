import type { JsonObject } from './json.js';
import type { Random } from './random.js';
import { RECORD_HAZARDS } from './record-hazards.js';
import { VALUE_HAZARDS } from './value-hazards.js';

/**
 * Gives a record one hazard. They are taken in turn, so a run of as many hostile contacts as there are hazards meets
 * each.
 *
 * @param number the contact's number among the hostile ones
 */
export function makeHostile(contact: JsonObject, number: number, random: Random): void {
  HAZARDS[number % HAZARDS.length]?.(contact, random, Math.floor(number / HAZARDS.length));
}

const HAZARDS = [...RECORD_HAZARDS, ...VALUE_HAZARDS];
