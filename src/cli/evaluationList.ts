/** Evaluations of one run in a file, as a study states them. */
import { InputError } from '../../envs/inputError.ts';
import { readJson } from '../reading.ts';
import { evaluationListSchema, type ListedEvaluation } from '../study.ts';
import { explainIssue, settingPaths } from './settingErrors.ts';

/** @throws InputError naming the file and the field */
export function readEvaluationList(file: string): readonly ListedEvaluation[] {
  const held = readJson(file);
  const result = evaluationListSchema.safeParse(held);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const { field, message } = explainIssue(issue!, held, settingPaths(evaluationListSchema));
  throw new InputError([file, field, message].filter((part) => part !== '').join(': '));
}
