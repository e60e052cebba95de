import { expect, it } from 'vitest';
import { hasOwnMark, withMark } from './own-mark.js';

it.each(['hash', 'xml'] as const)('knows its own text by a comment in the form %s, and no changed one', (style) => {
  const text = '<?xml version="1.0"?>\n<a/>\n';
  const marked = withMark(text, style);
  expect(marked.split('\n')).toHaveLength(4);
  expect(hasOwnMark(marked, style)).toBe(true);
  expect(hasOwnMark(text, style)).toBe(false);
  expect(hasOwnMark(marked.replace('<a/>', '<b/>'), style)).toBe(false);
  expect(hasOwnMark('', style)).toBe(false);
});
