/** Decodes a part of a URL. A part with an invalid escape is returned unchanged. */
export function decoded(text: string): string {
  return decodedOrNull(text) ?? text;
}

/** Decodes a part of a URL. Null: it has an invalid escape. */
export function decodedOrNull(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
