/** The folder of the package, from the sources and from the bundle alike: both are one folder below it. */
export const ownFolder = new URL('../', import.meta.url);
