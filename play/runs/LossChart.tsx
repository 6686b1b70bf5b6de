import { useRef, useState } from 'preact/hooks';
import type { LossPoint, RunDetails } from '../../src/pageApi.ts';
import { linearScale, logScale, type Scale } from './scale.ts';
import { useWidth } from './useWidth.ts';
import { describeCourse, lossText, lossTick, stepText } from './words.ts';

type Props = Pick<RunDetails, 'training' | 'validation' | 'chosen' | 'progress'>;

/** In pixels. */
const HEIGHT = 220;
const MARGIN = { left: 40, right: 14, top: 12, bottom: 26 };

/** The losses of a run by step. Axes are of the whole training, so that the curve grows into them. */
export function LossChart({ training, validation, chosen, progress }: Props) {
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure, 480);
  const [pointed, setPointed] = useState<number | null>(null);
  const all = [...training, ...validation];
  const x = linearScale(Math.max(progress.steps, progress.step), width > 420 ? 6 : 4);
  const y = logScale(all.map(({ loss }) => loss));
  const inner = { w: width - MARGIN.left - MARGIN.right, h: HEIGHT - MARGIN.top - MARGIN.bottom };
  const place = ({ step, loss }: LossPoint): [number, number] => [
    MARGIN.left + inner.w * x.at(step),
    MARGIN.top + inner.h * (1 - y.at(loss)),
  ];
  const line = (points: readonly LossPoint[]): string =>
    points
      .map((point) =>
        place(point)
          .map((value) => value.toFixed(1))
          .join(','),
      )
      .join(' ');
  const best = validation.find(({ step }) => step === chosen);
  const near = pointed === null ? null : nearest(all, pointed);
  const onPointerMove = ({ clientX, currentTarget }: PointerEvent): void => {
    const box = (currentTarget as Element).getBoundingClientRect();
    const share = ((clientX - box.left) * (width / box.width) - MARGIN.left) / inner.w;
    setPointed(share * Math.max(progress.steps, progress.step, 1));
  };
  return (
    <figure class="chart" ref={figure}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        role="img"
        aria-labelledby="loss-title loss-desc"
        onPointerMove={onPointerMove}
        onPointerLeave={() => setPointed(null)}
      >
        <title id="loss-title">Training and validation loss by step</title>
        <desc id="loss-desc">{describeCourse({ training, validation, chosen, progress })}</desc>
        <Axes {...{ x, y, width, inner }} />
        <polyline class="training" points={line(training)} />
        <polyline class="validation" points={line(validation)} />
        {validation.length <= 60 &&
          validation.map((point) => {
            const [cx, cy] = place(point);
            return <circle key={point.step} class="validation" cx={cx} cy={cy} r={2.6} />;
          })}
        {best !== undefined && <Chosen at={place(best)} width={width} />}
        {near !== null && (
          <path class="pointed" d={`M${place(near)[0]} ${MARGIN.top}v${inner.h}`} />
        )}
      </svg>
      <figcaption>
        <span class="key training">training</span>
        <span class="key validation">validation</span>
        {best !== undefined && <span class="key chosen">weights in use</span>}
        <span class="told">
          {near === null ? 'nats per token' : valuesAt(near.step, { training, validation })}
        </span>
      </figcaption>
    </figure>
  );
}

interface AxesProps {
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly inner: { readonly w: number; readonly h: number };
}

function Axes({ x, y, width, inner }: AxesProps) {
  const { left, right, top } = MARGIN;
  return (
    <g class="axes" aria-hidden="true">
      {y.ticks.map((tick) => {
        const at = top + inner.h * (1 - y.at(tick));
        return (
          <g key={tick}>
            <path d={`M${left} ${at}H${width - right}`} />
            <text x={left - 6} y={at + 4} text-anchor="end">
              {lossTick(tick)}
            </text>
          </g>
        );
      })}
      {x.ticks.map((tick) => {
        const at = left + inner.w * x.at(tick);
        const anchor = at > width - right - 20 ? 'end' : 'middle';
        return (
          <text
            key={tick}
            x={anchor === 'end' ? width - 2 : at}
            y={HEIGHT - 8}
            text-anchor={anchor}
          >
            {stepText(tick)}
          </text>
        );
      })}
    </g>
  );
}

/** The weights that the run plans with. */
function Chosen({ at: [x, y], width }: { at: [number, number]; width: number }) {
  const end = x > width / 2;
  return (
    <g class="chosen">
      <circle cx={x} cy={y} r={6} />
      <text x={end ? Math.min(x, width - 16) : x} y={y - 11} text-anchor={end ? 'end' : 'start'}>
        in use
      </text>
    </g>
  );
}

function nearest(points: readonly LossPoint[], step: number): LossPoint | null {
  return points.reduce<LossPoint | null>(
    (best, point) =>
      best === null || Math.abs(point.step - step) < Math.abs(best.step - step) ? point : best,
    null,
  );
}

function valuesAt(
  step: number,
  { training, validation }: Pick<Props, 'training' | 'validation'>,
): string {
  const of = (points: readonly LossPoint[], name: string): string[] => {
    const point = nearest(points, step);
    return point === null ? [] : [`${name} ${lossText(point.loss)}`];
  };
  const values = [...of(training, 'training'), ...of(validation, 'validation')];
  return `step ${stepText(step)}: ${values.join(', ')}`;
}
