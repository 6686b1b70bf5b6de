/** What the canvas takes from the style sheet. */

/** Colours of the theme, by the names of its variables without dashes. */
export type Palette = Readonly<Record<(typeof COLOURS)[number], string>>;

const COLOURS = [
  'floor',
  'wall',
  'grid',
  'ink',
  'soft',
  'open',
  'openInk',
  'closed',
  'closedInk',
  'plan',
  'fault',
  'cursor',
  'box',
  'dock',
  'agent',
  'goal',
] as const;

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return Object.fromEntries(COLOURS.map((name) => [name, read(name)])) as Palette;
}
