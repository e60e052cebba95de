import { streamOf } from '../../../packages/testkit/src/memory/memory-target.ts';
import type { Breakages } from './breakage.ts';

/** Break a promise of a sink that only looks, one each. */
export const badWithLooking: Breakages = {
  'a sink that only looks refuses a target without a copy, and makes nothing in it': (good, target, isLooking) => ({
    open: async (options) => {
      if (isLooking && target.streams.size === 0) streamOf(target, 'made by a look');
      await good.open(options);
    },
  }),

  'a sink that checks before the first start opens a target without a copy, and makes nothing in it': (
    good,
    target,
    _isLooking,
    isChecking = false,
  ) => ({
    checkHealth: (options) => {
      if (isChecking) streamOf(target, 'made by a check');
      return good.checkHealth(options);
    },
  }),

  'a sink that only looks reads a copy and leaves requests, and changes nothing else': (good, target, isLooking) => ({
    listDeadLetters: async (stream, options) => {
      if (isLooking) streamOf(target, stream).beats += 1;
      return good.listDeadLetters(stream, options);
    },
  }),
};
