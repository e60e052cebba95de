import { newConnectionId } from './connection-id.js';
import { isoTime } from './iso-time.js';
import type { Random } from './random.js';

/** The facts of the call of a connection. */
export interface CallOfTransaction {
  readonly contactId: string;
  readonly taskId: string;
  readonly user: string;
  readonly phone: string;
  readonly firedMs: number;
}

/**
 * Writes the connections of a transaction as JSON texts: mostly one; of those that were answered some hold a third
 * party, and some are followed by a transfer.
 */
export function connectionTexts(call: CallOfTransaction, random: Random): string[] {
  if (random.chance(0.1)) return [];
  const thirdParties = random.chance(0.3) ? connectionText(call, 'thirdparty', '', random) : '';
  const texts = [connectionText(call, random.chance(0.5) ? 'sip' : 'webrtc', thirdParties, random)];
  if (random.chance(0.26)) texts.push(connectionText(call, 'transfer', '', random));
  return texts;
}

/** Codes of SIP. Most calls are answered. */
const CODES = [200, 200, 200, 200, 480, 486];

function connectionText(call: CallOfTransaction, technology: string, thirdParties: string, random: Random): string {
  const id = newConnectionId(call.contactId, random);
  const isThirdParty = technology === 'thirdparty';
  const startedMs = call.firedMs - 200_000 + random.int(100_000);
  const connectedMs = startedMs + 1000 + random.int(30_000);
  const durationMs = 1000 + random.int(150_000);
  const disconnected = isoTime(connectedMs + durationMs);
  const code = random.chance(0.9) ? (CODES[durationMs % CODES.length] ?? 200) : null;
  const started = isoTime(startedMs);
  const connected = isoTime(connectedMs);
  return (
    `{"id":"${id}","call_uuid":"${id}","global_call_uuid":"g-${id}","task_id":"${call.taskId}","phone":"${call.phone}",` +
    `"user":"${call.user}","actor":"${isThirdParty ? 'third_party' : 'agent'}",` +
    `"hangup_party":"${random.chance(0.5) ? 'agent' : 'contact'}","isThirdPartyConnection":${isThirdParty},` +
    `"dialerdomain":"dialer${random.int(4)}.example.com","fired":"${started}","started":"${started}",` +
    `"initiated":"${started}","connected":"${connected}","disconnected":"${disconnected}","ended":"${disconnected}",` +
    `"duration":${durationMs},"remote_number":"${call.phone}","line_number":"+493055500${random.int(90) + 10}",` +
    `"technology":"${technology}","result":"connected","code":${code},` +
    (technology === 'transfer' ? `"transfer_target_address":"sip:desk${random.int(30)}@example.com",` : '') +
    `"third_party_connections":[${thirdParties}],"recordings":[${recordingTexts(id, connectedMs, durationMs, random)}]}`
  );
}

function recordingTexts(connectionId: string, startMs: number, durationMs: number, random: Random): string {
  if (random.chance(0.36)) return '';
  const one = recordingText(connectionId, 0, startMs, durationMs, random);
  return random.chance(0.15) ? `${one},${recordingText(connectionId, 1, startMs + durationMs, 5000, random)}` : one;
}

function recordingText(
  connectionId: string,
  part: number,
  startMs: number,
  durationMs: number,
  random: Random,
): string {
  const filename = `${connectionId}-${part}.mp3`;
  const location = random.chance(0.97) ? `"location":"https://recordings.example.com/${filename}",` : '';
  return (
    `{"started":"${isoTime(startMs)}","stopped":"${isoTime(startMs + durationMs)}","filename":"${filename}",` +
    `${location}"callnumber":"${random.int(1_000_000)}"}`
  );
}
