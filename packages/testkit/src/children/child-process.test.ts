import { expect, it } from 'vitest';
import { type ChildModule, startChild } from './child-process.js';

const PLUGIN = `export function createSink({ options }) {
  throw new Error('got ' + options.password.length + ' in ' + JSON.stringify(process.argv));
}`;

it.each<ChildModule>(['child-writer.js', 'child-deliverer.js'])(
  'keeps a password out of the command line: %s',
  async (module) => {
    const address = { scheme: 'example', host: '', path: '', port: null };
    const order = {
      entry: `data:text/javascript,${encodeURIComponent(PLUGIN)}`,
      address,
      options: { password: 'S3CRET-1' },
    };
    const child = startChild(module, order as unknown as Parameters<typeof startChild>[1]);
    const ended = expect(child.stepOf('opened')).rejects;
    await ended.toThrow(/got 8 in \[(?!.*S3CRET)/);
    await child.kill();
  },
);
