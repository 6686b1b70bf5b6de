/** The page of a study, from a folder with its `study.json` and the records of its cells. */
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { studies } from '../../../experiments/studies/index.ts';
import type { CellSource, StudySource } from '../../report/study/source.ts';
import { type Study, STUDY_FILE } from '../../study.ts';
import { evaluationData } from '../evaluationData.ts';
import { quote } from '../flags.ts';
import { type LoadedStudy, readStudy } from '../loadStudy.ts';
import { suggestion } from '../nearest.ts';
import { holdsStudy } from './runFolder.ts';
import { measuredCells } from '../studyCells.ts';
import { holdsCell, isKept } from '../sweep/state.ts';
import { workOf } from '../sweep/work.ts';

/** @throws InputError if the study, or one beside it, is malformed or its cells are of other settings */
export function readStudySource(folder: string): StudySource {
  const loaded = readStudy(folder);
  const { study } = loaded;
  const others = Object.entries(study.beside).map(([name, cells]) => {
    const beside = path.join(folder, '..', name);
    return { name, found: holdsStudy(beside) ? cellsBeside(beside, cells, study) : null };
  });
  const present = others
    .filter(({ found }) => found !== null)
    .map(({ name }) => path.join(folder, '..', name));
  return {
    ...study,
    evaluations: study.evaluations
      .filter(({ corrupt }) => corrupt === undefined)
      .map((each) => ({
        label: each.label,
        // Cells differ in other settings than those of the board.
        task: evaluationData(each, loaded.cells[0]!.experiment, { source: folder })?.task ?? null,
      })),
    cells: [...cellsOf(loaded, folder), ...others.flatMap(({ found }) => found ?? [])],
    absent: others.filter(({ found }) => found === null).map(({ name }) => name),
    files: [folder, ...present].map(studyFile),
    sweep: Object.hasOwn(studies, study.name) ? study.name : `results/${study.name}/${STUDY_FILE}`,
  };
}

const studyFile = (folder: string): string => path.join(folder, STUDY_FILE);

/** With what the study itself evaluates, no more. */
function cellsBeside(folder: string, names: readonly string[], by: Study): CellSource[] {
  const loaded = readStudy(folder);
  const { name } = loaded.study;
  if (name !== path.basename(folder)) {
    throw new InputError(
      `${studyFile(folder)}: is of study ${name}: its folder must have that name, ` +
        `to stand beside ${by.name}`,
    );
  }
  const known = [...measuredCells(loaded).keys()];
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new InputError(
      `${studyFile(folder)}: has no cell ${quote(name)}, ` +
        `which ${by.name} names in beside${suggestion(name, known)}`,
    );
  }
  const labels = by.evaluations.map(({ label }) => label);
  return cellsOf(loaded, folder, labels).filter(({ cell }) => names.includes(cell));
}

/** @param labels of the evaluations that are wanted beside the cells' own; all unless given */
function cellsOf(
  { study, cells }: LoadedStudy,
  folder: string,
  labels?: readonly string[],
): CellSource[] {
  return cells.flatMap((each) => {
    const { seed } = each;
    const { kept } = workOf(each, study, { out: folder, results: folder });
    return kept.map((model): CellSource => {
      const { cell, experiment, results, evaluations } = model;
      const exists = holdsCell(results, model);
      const wanted = evaluations.filter(
        ({ decoding: { label } }) => label === undefined || (labels?.includes(label) ?? true),
      );
      const found = wanted.filter((one) => exists && isKept(results, one));
      const plain = found.filter(({ corruption }) => corruption === undefined);
      return {
        study: study.name,
        cell,
        seed,
        settings: experiment,
        folder: exists ? results : null,
        evaluations: plain.map(({ name, decoding: { modes, label } }) => ({
          name,
          mode: modes[0]!,
          label: label ?? null,
        })),
        probes: found.filter((one) => !plain.includes(one)).map(({ name }) => name),
        missing: wanted.length - found.length,
      };
    });
  });
}
