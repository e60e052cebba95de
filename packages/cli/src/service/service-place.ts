import { join } from 'node:path';

/** Returns where a path of the service lies on this machine. @param root the folder that stands for `/`; null: `/` itself */
export function placeOf(path: string, root: string | null): string {
  if (root === null) return path;
  const withoutDrive = path.replace(/^[A-Z]:/i, '');
  return join(root, withoutDrive === path ? path : withoutDrive.replaceAll('\\', '/'));
}
