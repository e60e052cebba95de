import type { DeliveryControl, DeliveryReport } from '@dbsync/core';
import type { CheckedValues } from '../options/checked-values.js';
import type { CommandContext } from './command-context.js';

/** The parts that each action of `deliveries` uses. */
export interface DeliveryDesk {
  readonly report: DeliveryReport;
  readonly control: DeliveryControl;
  readonly campaign: string;
  /** Words after the action: beginnings of ids. */
  readonly ids: readonly string[];
  readonly checked: CheckedValues;
  readonly output: CommandContext['output'];
  readonly signal: AbortSignal;
}
