// Blanks the command line that others can see, a token in it too: before all else, hence the import below.
process.title = 'dbsync';

const { restrainHeap } = await import('./heap-growth.js');
restrainHeap();
const { main } = await import('./main.js');
process.exit(await main(process.argv.slice(2), process.env, process.stdout));
