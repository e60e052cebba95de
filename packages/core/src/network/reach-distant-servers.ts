import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';

/**
 * The time that one address of a name has to take a connection before the next one is tried. Node gives it 250 ms and then gives
 * it up, so a server that is farther away is never reached where its name has a second address, such as one of IPv6 on a
 * machine without it (nodejs/node#54359). This covers a round trip of 1.5 s, or one lost packet, which systems send again after
 * a second. An address that swallows packets costs as much, within the 10 s and more that connections have by default.
 */
const ADDRESS_MS = 2_500;

/**
 * Gives each address of a name enough time, for all connections of the process. Called before the API or a sink is connected
 * to. A longer time, as from `--network-family-autoselection-attempt-timeout`, is left as it is.
 */
export function reachDistantServers(): void {
  if (getDefaultAutoSelectFamilyAttemptTimeout() < ADDRESS_MS) setDefaultAutoSelectFamilyAttemptTimeout(ADDRESS_MS);
}
