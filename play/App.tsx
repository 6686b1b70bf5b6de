import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { tokenizerOf } from '../traces/index.ts';
import { drawingOf, type EnvironmentName } from './board/drawing.ts';
import { BoardText } from './board/BoardText.tsx';
import { BoardView } from './board/BoardView.tsx';
import { Legend } from './board/Legend.tsx';
import { NewBoard, usualSettings } from './board/NewBoard.tsx';
import { hasTool, Tools, type Tool } from './board/Tools.tsx';
import { useBoard } from './board/useBoard.ts';
import { WalkStatus } from './board/WalkStatus.tsx';
import { firstBoard } from './firstBoard.ts';
import { fitOf } from './model/fit.ts';
import { ModelPanel, type Asked } from './model/ModelPanel.tsx';
import { useModel } from './model/useModel.ts';
import type { GenerationSettings } from './search/messages.ts';
import type { Searcher } from './search/searcher.ts';
import { SearchPanel } from './search/SearchPanel.tsx';
import { useSearch } from './search/useSearch.ts';
import { thoughtPicture, walkPicture } from './picture.ts';
import { Tabs } from './Tabs.tsx';
import { LineList } from './thought/LineList.tsx';
import { paint } from './thought/painting.ts';
import { Player } from './thought/Player.tsx';
import { useSelection } from './thought/useSelection.ts';
import { usePlayback } from './thought/usePlayback.ts';
import { useResponse, type Question } from './useResponse.ts';

const TABS = [
  ['search', 'A*'],
  ['model', 'Model'],
] as const;
type Tab = (typeof TABS)[number][0];

/** The whole page: one board, and who thinks about it. */
export function App({ searcher }: { searcher: Searcher }) {
  const [first] = useState(() => firstBoard(location.hash));
  const board = useBoard(first.drawing);
  const { drawing, task, standing } = board;
  const [linkProblem, setLinkProblem] = useState(first.problem);
  const [settings, setSettings] = useState<GenerationSettings>(() => {
    const { environment, width, height } = drawing;
    return { ...usualSettings(environment), width, height, seed: '1' };
  });
  const [chosenTool, setTool] = useState<Tool>('look');
  const tool = hasTool(drawing.environment, chosenTool) ? chosenTool : 'look';
  const [tab, setTab] = useState<Tab>('search');
  const [seed, setSeed] = useState<number | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const search = useSearch(searcher, task === null ? null : drawing, seed);
  const state = useModel(tab === 'model');
  const [question, setQuestion] = useState<(Question & { drawing: typeof drawing }) | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const optimal = search.answer?.planLength ?? null;
  // An answer about another board than the one that is drawn is shown no more.
  const asked = question?.drawing === drawing ? question : null;
  const response = useResponse(state.answer, asked, { optimal, chosen });

  const thought = tab === 'search' ? search.thought : response.thought;
  const length = thought?.lines.length ?? 0;
  const edits = useRef({ arrivals: -1, key: '' });
  // Boards that come as a whole are searched before one's eyes; strokes show where they lead.
  const moves = tab === 'model' || edits.current.arrivals !== board.arrivals;
  const playback = usePlayback({
    key: thought?.key ?? '',
    length,
    ended: thought?.ended ?? true,
    moves,
  });
  useEffect(() => {
    if (tab === 'search' && thought !== null) edits.current.arrivals = board.arrivals;
  }, [thought?.key]);

  const { selection, selectLine, selectCell } = useSelection(thought, playback);
  const { position } = playback;
  const painting = useMemo(
    () => thought && paint(thought.lines, position, drawing.cells.length),
    [thought, position, drawing],
  );
  const walking = tool === 'walk' && standing !== null;
  const picture = useMemo(() => {
    if (walking) return walkPicture({ drawing, cursor }, standing);
    return thoughtPicture({ drawing, cursor, task }, { thought, painting, position, selection });
  }, [drawing, painting, thought, position, selection, cursor, walking, standing]);

  const onCell = (cell: number, phase: 'press' | 'drag'): void => {
    if (tool === 'walk') board.walk(cell);
    else if (tool !== 'look') board.stroke(tool, cell, phase);
    else if (phase === 'press') selectCell(cell);
  };
  const onArrow = (dx: number, dy: number): boolean => {
    if (!walking) return false;
    const { width, height } = drawing;
    const [x, y] = [(standing.agent % width) + dx, Math.floor(standing.agent / width) + dy];
    if (x >= 0 && y >= 0 && x < width && y < height) board.walk(x + y * width);
    return true;
  };
  const replace: typeof board.replace = (next) => {
    board.replace(next);
    setLinkProblem(null);
  };
  useEffect(() => {
    const onHash = (): void => {
      const linked = firstBoard(location.hash);
      setLinkProblem(linked.problem);
      if (linked.problem === null) replace(linked.drawing);
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  });
  const generate = async (from: GenerationSettings): Promise<void> =>
    replace(drawingOf(await searcher.generate(from)));
  const fit =
    state.model === null || state.run === null || task === null
      ? null
      : fitOf({ ...task, environment: drawing.environment }, state.model.words, state.run);
  const plan = (how: Asked): void => {
    const vocabulary = state.model!.words;
    const prompt = tokenizerOf(drawing.environment).prompt(task!, vocabulary);
    const ticket = state.plan({ ...how, prompt });
    setChosen(null);
    setQuestion({ ticket, task: task!, vocabulary, drawing });
  };

  const fittingBoard = (): void => {
    const { environment, width, height } = state.run!;
    const kind = environment as EnvironmentName;
    const fitting = { ...usualSettings(kind), width, height, seed: settings.seed };
    setSettings(fitting);
    void generate(fitting);
  };

  return (
    <>
      <header>
        <h1>Dualformer playground</h1>
        <p>
          A* searches; a small transformer learned to think like it, slow, fast, or as it likes.
        </p>
      </header>
      <main>
        <section class="left" aria-label="Board">
          <NewBoard settings={settings} onSettings={setSettings} onGenerate={generate} />
          <div class="toolbar">
            <Tools environment={drawing.environment} tool={tool} onTool={setTool} />
            <button type="button" disabled={board.undo === null} onClick={() => board.undo?.()}>
              Undo
            </button>
          </div>
          <BoardView
            picture={picture}
            draws={tool !== 'look' && tool !== 'walk'}
            onCell={onCell}
            onCursor={setCursor}
            onArrow={onArrow}
          />
          {walking ? (
            <WalkStatus
              standing={standing}
              optimal={optimal}
              onBack={board.stepBack}
              onRestart={board.restart}
            />
          ) : (
            <Legend environment={drawing.environment} />
          )}
          {(board.problem ?? linkProblem) !== null && (
            <p class="problem" role="alert">
              {board.problem ?? linkProblem}
            </p>
          )}
          <BoardText drawing={drawing} onDrawing={replace} />
        </section>
        <section class="right" aria-label="Thinking">
          <Tabs tabs={TABS} chosen={tab} onChoose={setTab}>
            {tab === 'search' ? (
              <SearchPanel state={search} seed={seed} onSeed={setSeed} />
            ) : (
              <ModelPanel
                state={state}
                fit={fit}
                optimal={optimal}
                judgements={response.judgements}
                sample={response.sample}
                onSample={setChosen}
                onPlan={plan}
                onFittingBoard={fit?.fits === false || fit?.remark != null ? fittingBoard : null}
              />
            )}
            {thought !== null && (
              <>
                <Player playback={playback} length={length} />
                <LineList
                  thought={thought}
                  position={position}
                  selected={selection?.line ?? null}
                  onSelect={selectLine}
                />
              </>
            )}
          </Tabs>
        </section>
      </main>
    </>
  );
}
