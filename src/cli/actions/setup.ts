/** `kit setup` */
import { InputError } from '../../../envs/inputError.ts';
import { setupEngine } from '../../engine/setup.ts';
import type { Session } from '../session.ts';

export async function setUp({ gpu }: { readonly gpu: boolean }, session: Session): Promise<void> {
  const state = await session.track('fetching', 'bytes', (onProgress) =>
    setupEngine({ gpu, onProgress, signal: session.signal, log: (line) => session.note(line) }),
  );
  if (!state.ready) {
    throw new InputError(`no native engine: ${state.reason}; meanwhile the wasm backend runs`);
  }
  await session.print(
    `the native engine is ready: TensorFlow in ${state.engine.tensorflow.folder}`,
  );
}
