/** What the page and the worker that holds the model say to each other. */
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import type { Mode } from '../../traces/modes.ts';

/** How a model is to answer. */
export interface Asked {
  readonly mode: Mode;
  readonly samples: number;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number;
}

export interface PlanRequest extends Asked {
  /** No two have the same. */
  readonly ticket: number;
  readonly prompt: Uint16Array;
}

export type EngineName = 'wasm' | 'webgpu';

export type ToModel =
  | {
      readonly type: 'load';
      readonly url: string;
      readonly name: string;
      /** Null leaves the choice to the worker. */
      readonly engine: EngineName | null;
    }
  /** One after the other, instead of whatever is answered now. */
  | { readonly type: 'plan'; readonly requests: readonly PlanRequest[] }
  | { readonly type: 'stop' };

export interface LoadedModel {
  readonly vocabulary: VocabularySettings;
  readonly step: number;
  readonly parameters: number;
  readonly engine: EngineName;
  /** The same, with what is to be known of it. */
  readonly engineWords: string;
  /** What could compute instead, `engine` among it. */
  readonly engines: readonly EngineName[];
}

export type FromModel =
  | ({ readonly type: 'loaded' } & LoadedModel)
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'tokens';
      readonly ticket: number;
      readonly sample: number;
      /** Of the response so far. */
      readonly ids: readonly number[];
    }
  | { readonly type: 'done'; readonly ticket: number; readonly milliseconds: number }
  | { readonly type: 'planFailed'; readonly ticket: number; readonly message: string };
