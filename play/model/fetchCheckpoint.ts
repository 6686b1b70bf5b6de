/** Weights from the server or site that the page came from. */
import { decodeCheckpoint, refuseChecksum } from '../../src/training/checkpointFormat.ts';
import type { Checkpoint, ChecksumContent } from '../../src/training/checkpointFormat.ts';

/** @param name of the run, for errors @throws Error if the weights are not there or damaged */
export async function fetchCheckpoint(url: string, name: string): Promise<Checkpoint> {
  const response = await fetch(url).catch(() => null);
  if (response === null) throw new Error(`${name}: its weights can't be fetched: no connection`);
  if (!response.ok)
    throw new Error(`${name}: ${(await response.text()).trim() || response.statusText}`);
  const decoded = decodeCheckpoint(new Uint8Array(await response.arrayBuffer()), name);
  // Sites without https have no digests; there the shapes are all that is checked.
  if (isSecureContext && (await sha256(decoded.content)) !== decoded.sha256) refuseChecksum(name);
  return decoded.read();
}

async function sha256(content: ChecksumContent): Promise<string> {
  const bytes = await new Blob(content as BlobPart[]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
