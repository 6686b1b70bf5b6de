import { defineCommand } from '../command.ts';
import { switchOn } from '../flags.ts';
import { engineFlags } from './shared.ts';

export const doctor = defineCommand({
  name: 'doctor',
  describe: 'Show every tensor backend: available or why not, versions, devices, speed',
  flags: { json: switchOn('Print JSON'), threads: engineFlags.threads },
  examples: [
    ['kit doctor', 'All backends, with a measured speed'],
    ['kit doctor --threads 1 --json', 'One thread, for programs'],
  ],
  async run(_args, flags, session) {
    const { showDiagnosis } = await import('../actions/doctor.ts');
    await showDiagnosis(flags, session);
  },
});
