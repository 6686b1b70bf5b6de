import type { EnvironmentName } from './drawing.ts';

interface Props {
  readonly environment: EnvironmentName;
  /** Whether clauses may be dropped. */
  readonly drops: boolean;
}

/** What is what on the board. */
export function Legend({ environment, drops }: Props) {
  const where = environment === 'maze' ? '' : ' (where the worker stands)';
  return (
    <ul class="legend">
      <li class="open">open{where}</li>
      <li class="closed">closed</li>
      <li class="current">newest</li>
      <li class="plan">plan</li>
      {drops ? <li class="dropped">last clause dropped</li> : <li class="fault">wrong</li>}
      <li class="numbers">
        <span>
          in large cells <b>g</b> top left, <b>h</b> top right, <b>f</b> below
        </span>
      </li>
    </ul>
  );
}
