import type { ComponentChildren } from 'preact';
import type { GenerationSettings } from '../search/messages.ts';
import { BoardText } from './BoardText.tsx';
import { BoardView } from './BoardView.tsx';
import { NewBoard } from './NewBoard.tsx';
import type { Picture } from './picture.ts';
import { Tools, type Tool } from './Tools.tsx';
import type { BoardState } from './useBoard.ts';
import { WalkStatus } from './WalkStatus.tsx';

interface Props {
  readonly board: BoardState;
  readonly picture: Picture;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly settings: GenerationSettings;
  readonly onSettings: (settings: GenerationSettings) => void;
  readonly onGenerate: (settings: GenerationSettings) => Promise<void>;
  /** Of a cell that is pressed while nothing is drawn or walked. */
  readonly onLook: (cell: number) => void;
  readonly onCursor: (cell: number | null) => void;
  readonly optimal: number | null;
  /** What is what in the picture, unless somebody walks. */
  readonly legend: ComponentChildren;
}

/** The board and all that can be done to it. */
export function BoardSection({ board, picture, tool, onTool, ...props }: Props) {
  const { drawing, problem } = board;
  const { settings, onSettings, onGenerate, onLook, onCursor, optimal, legend } = props;
  const standing = tool === 'walk' ? board.standing : null;
  const onCell = (cell: number, phase: 'press' | 'drag'): void => {
    if (tool === 'walk') board.walk(cell);
    else if (tool !== 'look') board.stroke(tool, cell, phase);
    else if (phase === 'press') onLook(cell);
  };
  const onArrow = (dx: number, dy: number): boolean => {
    if (standing === null) return false;
    const { width, height } = drawing;
    const [x, y] = [(standing.agent % width) + dx, Math.floor(standing.agent / width) + dy];
    if (x >= 0 && y >= 0 && x < width && y < height) board.walk(x + y * width);
    return true;
  };
  return (
    <section class="left" aria-label="Board">
      <NewBoard settings={settings} onSettings={onSettings} onGenerate={onGenerate} />
      <div class="toolbar">
        <Tools environment={drawing.environment} tool={tool} onTool={onTool} />
        <button type="button" disabled={board.undo === null} onClick={() => board.undo?.()}>
          Undo
        </button>
      </div>
      <BoardView
        picture={picture}
        draws={tool !== 'look' && tool !== 'walk'}
        onCell={onCell}
        onCursor={onCursor}
        onArrow={onArrow}
      />
      {standing === null ? (
        legend
      ) : (
        <WalkStatus
          standing={standing}
          optimal={optimal}
          onBack={board.stepBack}
          onRestart={board.restart}
        />
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <BoardText drawing={drawing} onDrawing={board.replace} />
    </section>
  );
}
