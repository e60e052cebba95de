#!/usr/bin/env node
// The command itself is written for Node.js 24, so this file uses only the language of older versions.
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import('../dist/bin.js');
} else {
  console.error(
    `dbsync needs Node.js 24 or newer, and this is ${process.version}. Install a newer one and call again.`,
  );
  process.exitCode = 2;
}
