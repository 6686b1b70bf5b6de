import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, switchOn, text } from '../flags.ts';
import { RUN } from './shared.ts';

export const play = defineCommand({
  name: 'play',
  describe: 'Watch A* and a model think, in a browser',
  arguments: [{ ...RUN, describe: 'The folder of a run, to be chosen first', optional: true }],
  flags: {
    port: integer('Port of the server [default: any that is free]', LIMITS.port),
    noOpen: switchOn('Open no browser'),
    export: text(
      'Folder to write the page and its models into, for any web host; nothing is served',
    ),
  },
  examples: [
    ['kit play', 'The model that the kit ships, and those below runs and results'],
    ['kit play runs/demo --port 8080', 'A run of your own'],
    ['kit play --export site', 'A folder to upload'],
  ],
  async run([run], flags, session) {
    const { play } = await import('../actions/play.ts');
    await play(run, flags, session);
  },
});
