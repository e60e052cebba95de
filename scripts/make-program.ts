// `node scripts/setup.mjs program FOLDER` lays out dbsync as a program, for the image: the command, all sinks, what they need, in
// the versions of the lock file, and the Node.js that runs this script. It can be moved, and needs nothing outside of it but the C
// library. The repository must be built.
import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copyProgram } from './package/program-files.ts';

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('Name the folder of the program.');
  process.exit(2);
}
const folder = resolve(given);
copyProgram(folder);
cpSync(join(import.meta.dirname, '../LICENSE'), join(folder, 'LICENSE'));
cpSync(process.execPath, join(folder, 'bin', 'node'));
symlinkSync('node_modules/@dbsync/cli/bin/dbsync.js', join(folder, 'dbsync.js'));
console.log(`Wrote ${folder}.`);
