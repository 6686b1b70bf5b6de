/** What the page and the worker that searches say to each other. */
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import type { EnvironmentName } from '../board/drawing.ts';

export interface GenerationSettings {
  readonly environment: EnvironmentName;
  readonly width: number;
  readonly height: number;
  /** Of a maze, the share of cells that are walls; of a level, the number of inner walls. */
  readonly walls: number;
  /** Of a level. */
  readonly boxes: number;
  readonly seed: string;
}

export interface SearchRequest {
  readonly environment: EnvironmentName;
  /** As `kit trace` reads it. */
  readonly text: string;
  /** Shuffles children and breaks ties at random; null searches deterministically. */
  readonly seed: number | null;
}

export interface SearchAnswer {
  readonly vocabulary: VocabularySettings;
  readonly prompt: Uint16Array;
  /** Reasoning, plan and eos. */
  readonly ids: Uint16Array;
  /** Of each clause the cells of all boxes, one after the other; null where there are none by nature. */
  readonly boxes: Uint16Array | null;
  /** Positions; null if there is no plan, or none was found. */
  readonly planLength: number | null;
  /** Whether the search was given up, so that `ids` is its beginning. */
  readonly truncated: boolean;
  /** That search and tokens took. */
  readonly milliseconds: number;
}

export type ToSearch =
  | { readonly ticket: number; readonly type: 'generate'; readonly settings: GenerationSettings }
  | { readonly ticket: number; readonly type: 'search'; readonly request: SearchRequest };

export type FromSearch =
  | { readonly ticket: number; readonly type: 'generated'; readonly text: string }
  | { readonly ticket: number; readonly type: 'searched'; readonly answer: SearchAnswer }
  | { readonly ticket: number; readonly type: 'failed'; readonly message: string };
