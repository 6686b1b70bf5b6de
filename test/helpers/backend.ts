import { startBackend } from '../../src/engine/backends.ts';

/** The fastest backend of this machine; what is tested holds on each. */
export async function startTestBackend(): Promise<void> {
  await startBackend();
}
