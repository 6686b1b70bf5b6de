import type { EnvironmentName } from './drawing.ts';

/** What is what on the board. */
export function Legend({ environment }: { environment: EnvironmentName }) {
  const where = environment === 'maze' ? '' : ' (where the worker stands)';
  return (
    <ul class="legend">
      <li class="open">open{where}</li>
      <li class="closed">closed</li>
      <li class="current">newest</li>
      <li class="plan">plan</li>
      <li class="fault">wrong</li>
      <li class="numbers">
        <span>
          in large cells <b>g</b> top left, <b>h</b> top right, <b>f</b> below
        </span>
      </li>
    </ul>
  );
}
