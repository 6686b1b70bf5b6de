import type { GenerationSettings } from '../search/messages.ts';
import type { EnvironmentName } from './drawing.ts';

const USUAL: Readonly<Record<EnvironmentName, Omit<GenerationSettings, 'seed'>>> = {
  maze: { environment: 'maze', width: 10, height: 10, walls: 0.4, boxes: 2 },
  sokoban: { environment: 'sokoban', width: 7, height: 7, walls: 2, boxes: 2 },
};

/** Boards as the papers have them, mazes somewhat smaller. */
export function usualSettings(environment: EnvironmentName): Omit<GenerationSettings, 'seed'> {
  return USUAL[environment];
}
