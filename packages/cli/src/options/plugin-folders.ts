/** Returns the places that are searched for sinks: `--plugin-dir`, and beside this command. */
export function pluginFolders(pluginDir: string | null | undefined) {
  return { pluginDir: pluginDir ?? undefined, from: import.meta.filename, calledAs: process.argv[1] };
}
