/** Whether what a study claims is something that it measures. */
import { InputError } from '../../envs/inputError.ts';
import { modesOf, type Claim, type Study } from '../study.ts';
import { quote } from './flags.ts';
import type { LoadedStudy } from './loadStudy.ts';
import { suggestion } from './nearest.ts';
import { measuredCells } from './studyCells.ts';

/** @throws InputError beginning with `source` and naming the claim and its field */
export function checkClaims(loaded: LoadedStudy, source: string): void {
  const { name, beside, claims } = loaded.study;
  if (Object.hasOwn(beside, name)) {
    throw new InputError(`${source}: beside.${name}: is the study itself`);
  }
  for (const [index, claim] of claims.entries()) {
    const refuse = (field: string, message: string): never => {
      throw new InputError(`${source}: claims[${index}].${field}: ${message}`);
    };
    checkEvaluation(loaded.study, claim, refuse);
    for (const side of ['of', 'to'] as const) {
      const fault = faultOf(claim[side], claim, loaded);
      if (fault !== null) refuse(`${side}.${fault.field}`, fault.message);
    }
    const [of, to] = [claim.of, claim.to].map(({ study = name, cell, mode }) =>
      [study, cell, mode].join(' '),
    );
    if (of === to) refuse('to', 'is the same as of');
  }
}

type Method = Claim['of'];

function checkEvaluation(
  { evaluations }: Study,
  { evaluation }: Claim,
  refuse: (field: string, message: string) => never,
): void {
  const labels = evaluations.map(({ label }) => label);
  if (evaluations.find(({ label }) => label === evaluation)?.corrupt !== undefined) {
    refuse('evaluation', `${evaluation} is of corrupted traces, which no claim is about`);
  }
  if (evaluation === undefined || labels.includes(evaluation)) return;
  const meant = suggestion(evaluation, labels);
  refuse('evaluation', `the study has no evaluation ${quote(evaluation)}${meant}`);
}

/** Cells of another study are only known by name here. */
function faultOf(
  { cell, mode, study: other }: Method,
  { evaluation }: Claim,
  loaded: LoadedStudy,
): { readonly field: string; readonly message: string } | null {
  const { study } = loaded;
  if (other !== undefined && other !== study.name) {
    const held = Object.hasOwn(study.beside, other) ? study.beside[other] : undefined;
    if (held === undefined) {
      const message = `beside names no study ${quote(other)}${suggestion(other, Object.keys(study.beside))}`;
      return { field: 'study', message };
    }
    if (held.includes(cell)) return null;
    const message = `beside.${other} has no cell ${quote(cell)}${suggestion(cell, held)}`;
    return { field: 'cell', message };
  }
  const measured = measuredCells(loaded);
  const found = measured.get(cell);
  if (found === undefined) {
    const meant = suggestion(cell, [...measured.keys()]);
    return { field: 'cell', message: `the study has no cell ${quote(cell)}${meant}` };
  }
  const { modes } = found.experiment.evaluation;
  if (!modes.includes(mode)) {
    const message = `cell ${cell} is evaluated in ${modes.join(' and ')}, not in ${mode}`;
    return { field: 'mode', message };
  }
  const made = study.evaluations.find(({ label }) => label === evaluation);
  if (made === undefined || modesOf(made).includes(mode)) return null;
  const message = `evaluation ${evaluation} is made in ${modesOf(made).join(' and ')}, not in ${mode}`;
  return { field: 'mode', message };
}
