import { readFileSync } from 'node:fs';
import { ownFolder } from './own-folder.js';

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ownFolder), 'utf8'));
  return String(version);
}
