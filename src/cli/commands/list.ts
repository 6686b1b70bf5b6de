import { defineCommand } from '../command.ts';

export const list = defineCommand({
  name: 'list',
  describe: 'List the experiments',
  flags: {},
  examples: [['kit list', 'Names for kit run and kit train']],
  async run(_args, _flags, session) {
    const { listExperiments } = await import('../actions/list.ts');
    await listExperiments(session);
  },
});
