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
  for (const [place, needing] of places) {
    for (const needed of needsOf(needing)) {
      const found = foundFrom(places, place, nameOf(needed));
      if (found === needed) continue;
      const above = found === undefined ? '' : place;
      places.set(folderOf(above, nameOf(needed)), needed);
    }
  }
  return places;
}

/** Returns the package that Node.js finds under that name from there. */
function foundFrom<P>(places: ReadonlyMap<string, P>, place: string, wanted: string): P | undefined {
  const found = places.get(folderOf(place, wanted));
  if (found !== undefined || place === '') return found;
  return foundFrom(places, place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/'))), wanted);
}

function folderOf(place: string, name: string): string {
  return `${place === '' ? '' : `${place}/`}node_modules/${name}`;
}
