import { parseRecord } from '../contact/contact-record.js';
import { contactText } from '../contact/contact-text.js';
import type { CustomField } from '../contact/custom-fields.js';
import { makeHostile } from '../contact/hostile-contact.js';
import type { JsonObject } from '../contact/json.js';
import { createRandom, mix } from '../contact/random.js';
import type { Timeline } from '../contact/timeline.js';

/** Contacts as they were before any change, made whenever they are asked for. */
export interface PastContacts {
  isHostile(index: number): boolean;
  /** Returns the text of a contact that is not hostile. */
  text(id: string, index: number, createdMs: number, md5: string | null): string;
  record(id: string, index: number, createdMs: number): JsonObject;
}

export interface PastContactsOptions {
  readonly seed: number;
  readonly campaign: string;
  readonly timeline: Timeline;
  readonly fields: readonly CustomField[];
  /** One contact of this number is hostile; 0: none. */
  readonly hostileEvery: number;
}

export function createPastContacts(options: PastContactsOptions): PastContacts {
  const { campaign, timeline, fields, hostileEvery } = options;
  const bodySeed = mix(options.seed, 4);
  const hazardSeed = mix(options.seed, 5);

  const isHostile = (index: number) => hostileEvery > 0 && (index + 1) % hostileEvery === 0;

  const text = (id: string, index: number, createdMs: number, md5: string | null) => {
    const firedMs: number[] = [];
    const transactions = timeline.transactionCount(index);
    for (let transactionIndex = 0; transactionIndex < transactions; transactionIndex++)
      firedMs.push(timeline.firedAt(index, transactionIndex));
    return contactText({ id, md5, campaign, fields, createdMs, firedMs }, mix(bodySeed, index));
  };

  return {
    isHostile,
    text,
    record: (id, index, createdMs) => {
      const record = parseRecord(text(id, index, createdMs, null));
      if (isHostile(index)) makeHostile(record, Math.floor(index / hostileEvery), createRandom(mix(hazardSeed, index)));
      return record;
    },
  };
}
