import { useMemo, useState } from 'preact/hooks';
import { BoardSection } from './board/BoardSection.tsx';
import { drawingOf } from './board/drawing.ts';
import { Legend } from './board/Legend.tsx';
import { usualSettings } from './board/usualSettings.ts';
import { hasTool, type Tool } from './board/Tools.tsx';
import { GREEDY } from './model/sampling.ts';
import { useModel } from './model/useModel.ts';
import type { GenerationSettings } from './search/messages.ts';
import type { Searcher } from './search/searcher.ts';
import { useSearch } from './search/useSearch.ts';
import { thoughtPicture, walkPicture } from './picture.ts';
import type { Desk } from './tab.ts';
import { TABS } from './tabs.ts';
import { Tabs } from './Tabs.tsx';
import { LineList } from './thought/LineList.tsx';
import { paint } from './thought/painting.ts';
import { Player } from './thought/Player.tsx';
import { useSelection } from './thought/useSelection.ts';
import { usePlayback } from './thought/usePlayback.ts';
import { useLinkedBoard } from './useLinkedBoard.ts';

/** The whole page: one board, and who thinks about it. */
export function App({ searcher }: { searcher: Searcher }) {
  const board = useLinkedBoard();
  const { drawing, task, standing } = board;
  const [settings, setSettings] = useState<GenerationSettings>(() => {
    const { environment, width, height } = drawing;
    return { ...usualSettings(environment), width, height, seed: '1' };
  });
  const [chosenTool, setTool] = useState<Tool>('look');
  const tool = hasTool(drawing.environment, chosenTool) ? chosenTool : 'look';
  const [cursor, setCursor] = useState<number | null>(null);
  const [name, setName] = useState(TABS[0].name);
  const tab = TABS.find((one) => one.name === name) ?? TABS[0];
  const [seed, setSeed] = useState<number | null>(null);
  const search = useSearch(searcher, task === null ? null : drawing, seed);
  const model = useModel(tab.wantsModel);
  const optimal = search.answer?.planLength ?? null;
  const generate = async (from: GenerationSettings): Promise<void> => {
    setSettings(from);
    board.replace(drawingOf(await searcher.generate(from)));
  };

  const [sampling, setSampling] = useState(GREEDY);
  const asking = { model, sampling, setSampling };
  const searching = { search, seed, setSeed, optimal };
  const desk: Desk = { ...board, settings, generate, ...searching, ...asking };
  const views = TABS.map((one) => one.useView(desk, one === tab));
  const { thought, moves, panel } = views[TABS.indexOf(tab)]!;
  const length = thought?.lines.length ?? 0;
  const playback = usePlayback({
    key: thought?.key ?? '',
    length,
    ended: thought?.ended ?? true,
    moves,
  });
  const { position } = playback;
  const { selection, selectLine, selectCell } = useSelection(thought, playback);
  const painting = useMemo(
    () => thought && paint(thought.lines, position, drawing.cells.length),
    [thought, position, drawing],
  );
  const walking = tool === 'walk' && standing !== null;
  const picture = useMemo(() => {
    if (walking) return walkPicture({ drawing, cursor }, standing);
    return thoughtPicture({ drawing, cursor, task }, { thought, painting, position, selection });
  }, [drawing, painting, thought, position, selection, cursor, walking, standing]);

  return (
    <>
      <header>
        <h1>Dualformer playground</h1>
        <p>
          A* searches; a small transformer learned to think like it, slow, fast, or as it likes.
        </p>
      </header>
      <main>
        <BoardSection
          {...{ board, picture, tool, settings, optimal }}
          onTool={setTool}
          onSettings={setSettings}
          onGenerate={generate}
          onLook={selectCell}
          onCursor={setCursor}
          legend={<Legend environment={drawing.environment} drops={thought?.kept != null} />}
        />
        <section class="right" aria-label="Thinking">
          <Tabs tabs={TABS} chosen={tab.name} onChoose={setName}>
            {panel}
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
