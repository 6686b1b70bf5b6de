/**
 * Lengths of reasoning and plan together, in tokens without bos and eos, in the training data that
 * was released with Searchformer (arXiv 2402.14083; github.com/facebookresearch/searchformer).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Summary } from './counts.ts';
import type { Manifest } from './manifest.ts';

/** Of the nondeterministic mazes only the median is known to us. */
export type PublishedLengths = Pick<Summary, 'median'> &
  Partial<Pick<Summary, 'min' | 'lowerQuartile' | 'upperQuartile' | 'max'>>;

export const PUBLISHED_SOURCE = 'the data released with Searchformer (arXiv 2402.14083)';

/** Null where no data with these settings were released. */
export function publishedLengths({
  task,
  nondeterministic,
}: Manifest['settings']): PublishedLengths | null {
  const found = PUBLISHED.find(
    (each) =>
      each.nondeterministic === nondeterministic && isDeepStrictEqual(each.task, { ...task }),
  );
  return found?.lengths ?? null;
}

interface Published {
  readonly task: Readonly<Record<string, unknown>>;
  readonly nondeterministic: boolean;
  readonly lengths: PublishedLengths;
}

const PUBLISHED: readonly Published[] = [
  { task: maze(10), nondeterministic: false, lengths: lengths(130, 214, 264, 342, 814) },
  { task: maze(20), nondeterministic: false, lengths: lengths(285, 605, 800, 1098, 3067) },
  { task: maze(30), nondeterministic: false, lengths: lengths(445, 1180, 1600, 2243, 6768) },
  { task: maze(10), nondeterministic: true, lengths: { median: 285 } },
  { task: maze(20), nondeterministic: true, lengths: { median: 865 } },
  { task: maze(30), nondeterministic: true, lengths: { median: 1710 } },
  {
    task: { environment: 'sokoban', width: 7, height: 7, boxes: 2, walls: 2 },
    nondeterministic: true,
    lengths: lengths(96, 2273, 4290, 6712, 10062),
  },
];

function maze(side: number): Published['task'] {
  return { environment: 'maze', width: side, height: side, walls: [0.3, 0.5] };
}

function lengths(...[min, lowerQuartile, median, upperQuartile, max]: Five): PublishedLengths {
  return { min, lowerQuartile, median, upperQuartile, max };
}

type Five = [min: number, lower: number, median: number, upper: number, max: number];
