/** Where labels go, so that they neither cover each other nor the points. */

/**
 * Moves places apart until neighbours are `gap` away from each other, as little as that takes, within
 * [low, high] if they fit. Their order stays.
 */
export function spread(
  places: readonly number[],
  { gap, low, high }: { readonly gap: number; readonly low: number; readonly high: number },
): number[] {
  const order = [...places.keys()].sort((a, b) => places[a]! - places[b]! || a - b);
  // Places that touch move as one block around the mean of where its members belong.
  const blocks: { members: number[]; middle: number }[] = [];
  const half = (block: { members: number[] }): number => ((block.members.length - 1) * gap) / 2;
  const clamp = (block: { members: number[]; middle: number }): void => {
    const top = Math.max(low + half(block), high - half(block));
    block.middle = Math.min(Math.max(block.middle, low + half(block)), top);
  };
  for (const index of order) {
    let block = { members: [index], middle: places[index]! };
    clamp(block);
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.middle + half(before) + gap <= block.middle - half(block)) break;
      blocks.pop();
      const members = [...before.members, ...block.members];
      const middle = members.reduce((sum, i) => sum + places[i]!, 0) / members.length;
      block = { members, middle };
      clamp(block);
    }
    blocks.push(block);
  }
  const moved = [...places];
  for (const block of blocks) {
    for (const [i, index] of block.members.entries()) {
      moved[index] = block.middle - half(block) + i * gap;
    }
  }
  return moved;
}

export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  /** From the point. */
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LETTER = 6.2;
const HALF_LINE = 7;
const NEAR = 8;

const CANDIDATES: readonly PlacedLabel[] = [
  { dx: NEAR, dy: 0, anchor: 'start' },
  { dx: -NEAR, dy: 0, anchor: 'end' },
  { dx: NEAR, dy: -10, anchor: 'start' },
  { dx: NEAR, dy: 10, anchor: 'start' },
  { dx: -NEAR, dy: -10, anchor: 'end' },
  { dx: -NEAR, dy: 10, anchor: 'end' },
  { dx: 0, dy: -15, anchor: 'middle' },
  { dx: 0, dy: 15, anchor: 'middle' },
  { dx: NEAR, dy: -20, anchor: 'start' },
  { dx: NEAR, dy: 20, anchor: 'start' },
];

/**
 * The first place beside each point, in pixels, where its label covers neither a point nor a label
 * before it; null where there is none.
 */
export function placeLabels(
  points: readonly Labelled[],
  frame: { readonly width: number; readonly height: number },
): (PlacedLabel | null)[] {
  const taken: Box[] = points.map(({ x, y }) => around(x, y, 5));
  return points.map((point, own) => {
    const others = (box: Box): boolean =>
      taken.every((each, index) => index === own || !overlap(each, box));
    const found = CANDIDATES.find((candidate) => {
      const box = boxOf(point, candidate);
      return (
        box.left >= 0 &&
        box.right <= frame.width &&
        box.top >= 0 &&
        box.bottom <= frame.height &&
        others(box)
      );
    });
    if (found === undefined) return null;
    taken.push(boxOf(point, found));
    return found;
  });
}

function boxOf({ x, y, text }: Labelled, { dx, dy, anchor }: PlacedLabel): Box {
  const width = LETTER * text.length;
  const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
  return { left, right: left + width, top: y + dy - HALF_LINE, bottom: y + dy + HALF_LINE };
}

const around = (x: number, y: number, radius: number): Box => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
