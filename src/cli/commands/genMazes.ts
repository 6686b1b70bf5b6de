import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, shares } from '../flags.ts';
import { generationFlags } from './shared.ts';

export const genMazes = defineCommand({
  name: 'gen-mazes',
  describe: 'Generate mazes with their A* traces',
  flags: {
    size: integer('Cells per side, 2 to 100', LIMITS.mazeSide),
    width: integer(
      'Cells from left to right, with --height and instead of --size',
      LIMITS.mazeSide,
    ),
    height: integer(
      'Cells from top to bottom, with --width and instead of --size',
      LIMITS.mazeSide,
    ),
    walls: shares('Share of cells that are walls [default: 0.3-0.5]'),
    tasksPerLayout: integer(
      "Starts and goals tried per wall layout [default: 1; the papers' code: 100]",
      LIMITS.tasksPerLayout,
    ),
    ...generationFlags,
  },
  examples: [
    ['kit gen-mazes --size 30 --count 10000 --out data/maze30', "The papers' largest mazes"],
    ['kit gen-mazes --width 12 --height 5 --walls 0.1-0.3', 'Rectangular, with fewer walls'],
    ['kit gen-mazes --size 20 --nondeterministic --seed 7', 'Random ties, in data/maze20'],
  ],
  goOn: 'add --resume to go on',
  async run(_args, flags, session) {
    const { generateMazes } = await import('../actions/generate.ts');
    await generateMazes(flags, session);
  },
});
