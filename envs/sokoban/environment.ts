import type { Environment } from '../environment.ts';
import type { SokobanSettings } from './generator.ts';
import { proposeSokoban } from './generator.ts';
import type { Sokoban } from './sokoban.ts';
import { checkSokobanPlan, sokobanProblem } from './sokoban.ts';
import { parseSokoban, renderSokoban } from './text.ts';

export const sokobanEnvironment: Environment<Sokoban, SokobanSettings> = {
  name: 'sokoban',
  propose: proposeSokoban,
  searchProblem: sokobanProblem,
  checkPlan: checkSokobanPlan,
  splitKey: (level) => renderSokoban(level),
  parse: parseSokoban,
  render: renderSokoban,
};
