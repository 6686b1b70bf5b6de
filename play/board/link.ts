/**
 * Boards in links: `#maze=w..w/S.Gw`, rows parted by slashes, in the characters of the kit's text but for
 * two that links can't hold: `w` is a wall and `-` bare floor.
 */
import { InputError } from '../../envs/inputError.ts';
import { drawingOf, textOf, type Drawing } from './drawing.ts';

/** What follows the address of the page. */
export function linkOf(drawing: Drawing): string {
  const rows = textOf(drawing).replaceAll('#', 'w').replaceAll(' ', '-').replaceAll('\n', '/');
  return `#${drawing.environment}=${rows}`;
}

/** Null if the link holds no board. @throws InputError if what it holds can't be read */
export function readLink(hash: string): Drawing | null {
  const [, environment, rows] = /^#(maze|sokoban)=(.*)$/s.exec(hash) ?? [];
  if (environment === undefined) return null;
  const drawing = drawingOf(decoded(rows!).replaceAll('w', '#').replaceAll('/', '\n'));
  if (drawing.environment === environment) return drawing;
  throw new InputError(`it says ${environment}, but a ${drawing.environment} is drawn in it`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InputError('it is cut off or damaged');
  }
}
