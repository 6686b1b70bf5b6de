/** Evaluations of one run in a file, as a study states them. */
import { readJson } from '../reading.ts';
import { evaluationListSchema, type ListedEvaluation } from '../study.ts';
import { checkSettings } from './settingErrors.ts';

/** @throws InputError naming the file and the field */
export function readEvaluationList(file: string): readonly ListedEvaluation[] {
  return checkSettings(evaluationListSchema, readJson(file), { source: file });
}
