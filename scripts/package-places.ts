/**
 * Gives each package its folder: the uppermost one, and where another version has that, one below the package that needs it. All
 * folders below a package are given before its dependencies look for theirs, so each finds the version that it was given.
 *
 * @returns packages by their folders, the root by ''
 */
export function placesOf<P>(
  root: P,
  needsOf: (needing: P) => readonly P[],
  nameOf: (named: P) => string,
): ReadonlyMap<string, P> {
  const places = new Map([['', root]]);
  for (const [folder, needing] of places) {
    for (const needed of needsOf(needing)) {
      const found = foundFrom(places, folder, nameOf(needed));
      if (found === needed) continue;
      const above = found === undefined ? '' : folder;
      places.set(folderOf(above, nameOf(needed)), needed);
    }
  }
  return places;
}

/** Returns the package that Node.js finds under that name from there. */
function foundFrom<P>(places: ReadonlyMap<string, P>, folder: string, wanted: string): P | undefined {
  const found = places.get(folderOf(folder, wanted));
  if (found !== undefined || folder === '') return found;
  return foundFrom(places, folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/'))), wanted);
}

function folderOf(folder: string, name: string): string {
  return `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
}
