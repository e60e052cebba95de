import { expect, it } from 'vitest';
import { createRequestMeter } from './request-meter.js';

it('adds up pages, which come one after the other, and bodies, which come side by side', () => {
  const meter = createRequestMeter(8);
  meter.page(100);
  meter.page(50);
  for (let nr = 0; nr < 8; nr++) meter.bodies(200);
  expect(meter.ms).toBe(350);
});
