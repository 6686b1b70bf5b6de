/** What a tab is, and what all tabs share. */
import type { ComponentChildren } from 'preact';
import type { Board } from '../envs/environment.ts';
import type { Drawing } from './board/drawing.ts';
import type { Sampling } from './model/sampling.ts';
import type { ModelState } from './model/useModel.ts';
import type { GenerationSettings } from './search/messages.ts';
import type { SearchState } from './search/useSearch.ts';
import type { Thought } from './thought/thought.ts';

export interface Desk {
  readonly drawing: Drawing;
  /** Null while what is drawn is no task. */
  readonly task: Board | null;
  /** Counts boards that came as a whole, not stroke by stroke. */
  readonly arrivals: number;
  readonly replace: (drawing: Drawing) => void;
  /** Of the next board to generate. */
  readonly settings: GenerationSettings;
  /** Replaces the board. Rejects with what is wrong with the settings. */
  readonly generate: (settings: GenerationSettings) => Promise<void>;
  readonly search: SearchState;
  /** Of the search; null while it is deterministic. */
  readonly seed: number | null;
  readonly setSeed: (seed: number | null) => void;
  /** Positions of a shortest plan; null while none is known. */
  readonly optimal: number | null;
  readonly model: ModelState;
  readonly sampling: Sampling;
  readonly setSampling: (sampling: Sampling) => void;
}

export interface View {
  /** What is said of the board: painted on it, played and listed. */
  readonly thought: Thought | null;
  /** Whether a new thought moves by itself, or is there at once. */
  readonly moves: boolean;
  /** Above the thought. */
  readonly panel: ComponentChildren;
}

export interface Tab {
  readonly name: string;
  readonly title: string;
  /** Whether a model is fetched once the tab is opened. */
  readonly wantsModel: boolean;
  /** A hook that runs whether the tab is open or not, so that what it holds stays. */
  readonly useView: (desk: Desk, open: boolean) => View;
}
