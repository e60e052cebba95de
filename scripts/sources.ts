// Lets Node.js run the sources of the packages as they are: their imports name the `.js` files of a build, and the build bundles them.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

registerHooks({
  resolve(specifier, context, next) {
    const isOfSources = /^\.{1,2}\/.+\.js$/.test(specifier) && context.parentURL?.endsWith('.ts') === true;
    return next(isOfSources ? specifier.replace(/js$/, 'ts') : specifier, context);
  },
});

/** Imports a module of a package from its sources. @param module its path below `src`, without the ending */
export function loadSource<Module>(packageFolder: string, module: string): Promise<Module> {
  return import(pathToFileURL(join(import.meta.dirname, '../packages', packageFolder, 'src', `${module}.ts`)).href);
}
