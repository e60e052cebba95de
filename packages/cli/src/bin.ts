// Blanks the command line, which may hold a token and which other users can see. It comes first, hence the imports
// below.
process.title = 'dbsync';

const { keepDebuggerClosed } = await import('./debugger-off.js');
keepDebuggerClosed();
// Files that dbsync or a sink makes are for their owner alone, unless they get another mode on purpose.
process.umask(0o077);
const { restrainHeap } = await import('./heap-growth.js');
restrainHeap();
const { takeInput } = await import('./take-input.js');
const { argv, variables } = takeInput();
const { main } = await import('./main.js');
process.exit(await main(argv, variables, process.stdout));
