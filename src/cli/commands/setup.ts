import { defineCommand } from '../command.ts';
import { switchOn } from '../flags.ts';

export const setup = defineCommand({
  name: 'setup',
  describe: 'Install the native tensor engine',
  flags: { gpu: switchOn('Install the engine with CUDA') },
  examples: [
    ['kit setup', 'Finds TensorFlow, or fetches it, and compiles the binding'],
    ['KIT_TENSORFLOW=/opt/tensorflow kit setup', 'Uses a TensorFlow that is already there'],
  ],
  goOn: 'the same command begins anew',
  async run(_args, flags, session) {
    const { setUp } = await import('../actions/setup.ts');
    await setUp(flags, session);
  },
});
