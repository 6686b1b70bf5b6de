import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer } from '../flags.ts';
import { generationFlags } from './shared.ts';

export const genSokoban = defineCommand({
  name: 'gen-sokoban',
  describe: 'Generate Sokoban levels with their A* traces',
  flags: {
    size: integer('Cells per side, border included, 5 to 20 [default: 7]', LIMITS.sokobanSide),
    width: integer(
      'Cells from left to right, with --height and instead of --size',
      LIMITS.sokobanSide,
    ),
    height: integer(
      'Cells from top to bottom, with --width and instead of --size',
      LIMITS.sokobanSide,
    ),
    boxes: integer('Number of boxes, and of docks [default: 2]', LIMITS.boxes),
    walls: integer('Number of inner walls [default: 2]', LIMITS.innerWalls),
    ...generationFlags,
  },
  examples: [
    [
      'kit gen-sokoban --size 7 --boxes 2 --walls 2 --max-tokens 10000 --count 1000 --out data/sokoban7',
      "The papers' levels",
    ],
    ['kit gen-sokoban --boxes 1 --count 100 --out data/easy', 'Easier ones'],
  ],
  goOn: 'add --resume to go on',
  async run(_args, flags, session) {
    const { generateSokoban } = await import('../actions/generate.ts');
    await generateSokoban(flags, session);
  },
});
