const viewErrors = new WeakSet<Error>();

/** Marks the error of a statement that makes or drops a view, which needs other rights. Returns it. */
export function aboutView(error: unknown): unknown {
  if (error instanceof Error) viewErrors.add(error);
  return error;
}

/** True for an error that {@link aboutView} has marked. */
export function isAboutView(error: unknown): boolean {
  return error instanceof Error && viewErrors.has(error);
}
