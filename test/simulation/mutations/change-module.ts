import { registerHooks } from 'node:module';
import type { TextChange } from './mutation.ts';

/** Changes a module as it is loaded. Throws where the text does not stand in it exactly once. */
export function changeModule({ file, find, replace }: TextChange): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(file)) return loaded;
      const parts = String(loaded.source).split(find);
      if (parts.length !== 2) throw new Error(`${file} has the text of a mutation ${parts.length - 1} times: ${find}`);
      return { ...loaded, source: parts.join(replace) };
    },
  });
}
