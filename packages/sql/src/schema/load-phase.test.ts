import { expect, it } from 'vitest';
import { readPhase } from './load-phase.js';

it('R20 reads the phase, and takes any other text for none', () => {
  const mark = '0123456789abcdef';
  expect(readPhase(`loading ${mark}`)).toEqual({ step: 'loading', mark });
  expect(readPhase(`building ${mark}`)).toEqual({ step: 'building', mark });
  for (const text of ['', 'loading', `other ${mark}`, `loading ${mark}0`]) expect(readPhase(text)).toBeNull();
});
