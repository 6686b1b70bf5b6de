/** What a study's page is made from: what the study says, and where the records of its cells lie. */
import type { MetricName } from '../../evaluation/metrics.ts';
import type { Mode } from '../../../traces/modes.ts';
import type { ReportedExperiment } from '../run.ts';

/** A cell's model in one mode; of the study itself unless it names another. */
export interface Method {
  readonly cell: string;
  readonly mode: Mode;
  readonly study?: string | undefined;
}

export interface Claim {
  readonly text: string;
  readonly metric: MetricName;
  readonly of: Method;
  readonly to: Method;
  /** Label of the evaluation; the cells' own unless given. */
  readonly evaluation?: string | undefined;
  readonly expect: 'more' | 'fewer';
  /** The published numbers, in words. */
  readonly published?: string | undefined;
}

/** One evaluation of a cell with one seed, which is there. */
export interface EvaluationSource {
  /** Of its folder. */
  readonly name: string;
  readonly mode: Mode;
  /** Null for the cell's own evaluation. */
  readonly label: string | null;
}

export interface LabelledEvaluation {
  readonly label: string;
  /** The tasks, where they are of another kind than the cells are trained on, else null. */
  readonly task: ReportedExperiment['data']['task'] | null;
}

export type Settings = Readonly<Record<string, unknown>>;

/** A cell with one seed. */
export interface CellSource {
  readonly study: string;
  readonly cell: string;
  readonly seed: number;
  /** All of its experiment. */
  readonly settings: Settings;
  /** Null if nothing of it is there yet. */
  readonly folder: string | null;
  readonly evaluations: readonly EvaluationSource[];
  /** Names of evaluations behind corrupted traces, which are there. */
  readonly probes: readonly string[];
  /** Evaluations that are not there yet. */
  readonly missing: number;
}

export interface StudySource {
  readonly name: string;
  readonly question: string;
  readonly notes: string;
  readonly claims: readonly Claim[];
  /** In the study's order. */
  readonly evaluations: readonly LabelledEvaluation[];
  /** Its own cells first, then those beside; of each, seed by seed. */
  readonly cells: readonly CellSource[];
  /** Studies beside it of which there are no records. */
  readonly absent: readonly string[];
  /** In which the study, and those beside it, are told. */
  readonly files: readonly string[];
  /** What `kit sweep` is given. */
  readonly sweep: string;
}
