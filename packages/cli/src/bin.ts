// Blanks the command line that others can see, a token in it too: before all else, hence the imports below.
process.title = 'dbsync';

const { keepDebuggerClosed } = await import('./debugger-off.js');
keepDebuggerClosed();
// Every file that dbsync or a sink makes is for its owner alone, unless it gets another mode on purpose.
process.umask(0o077);
const { restrainHeap } = await import('./heap-growth.js');
restrainHeap();
const { takeInput } = await import('./take-input.js');
const { argv, variables } = takeInput();
const { main } = await import('./main.js');
process.exit(await main(argv, variables, process.stdout));
