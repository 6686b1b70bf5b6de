import { defineCommand } from '../command.ts';

export const list = defineCommand({
  name: 'list',
  describe: 'List the experiments and studies',
  flags: {},
  examples: [['kit list', 'Names for kit run, kit train and kit sweep']],
  async run(_args, _flags, session) {
    const { listExperiments } = await import('../actions/list.ts');
    await listExperiments(session);
  },
});
