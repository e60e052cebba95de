/**
 * Most characters of an id, a hash or an event line of the API: known ones have up to a hundred. What has a longer one becomes a
 * dead letter, so that ids can be kept, compared and logged by the million.
 */
export const ID_LENGTH = 1_000;
