/** What the kit ships by name: experiments and studies. */
import { experiments } from '../../experiments/index.ts';
import { studies } from '../../experiments/studies/index.ts';

export interface Catalogue {
  readonly kind: 'experiment' | 'study';
  /** That runs its entries. */
  readonly command: 'run' | 'sweep';
  readonly entries: Readonly<Record<string, () => Promise<object>>>;
}

export const EXPERIMENTS: Catalogue = {
  kind: 'experiment',
  command: 'run',
  entries: experiments,
};

export const STUDIES: Catalogue = { kind: 'study', command: 'sweep', entries: studies };

export const CATALOGUES = [EXPERIMENTS, STUDIES] as const;
