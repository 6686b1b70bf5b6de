/**
 * An experiment by name or from a user's own file, with the settings that `--set` overrides,
 * checked field by field.
 */
import { complaint, InputError } from '../../envs/inputError.ts';
import { experimentSchema, type Experiment } from '../experiment.ts';
import { EXPERIMENTS } from './catalogues.ts';
import { quote } from './flags.ts';
import { checked, type SettingError } from './settingErrors.ts';
import { formsOf, meantSetting, settingPaths } from './settingPaths.ts';
import { readRecord } from './settingsFile.ts';
import { UsageError } from './usageError.ts';

/** One `--set path=value`. */
interface Override {
  readonly path: string;
  readonly value: unknown;
}

type Plain = Readonly<Record<string, unknown>>;

export interface LoadedExperiment {
  readonly experiment: Experiment;
  /** Where its `pretrained` may lie: beside the user's file, and in the kit. */
  readonly folders: readonly string[];
}

/** @throws InputError naming the experiment, file or setting; UsageError for an unreadable `--set` */
export async function loadExperiment(
  nameOrFile: string,
  sets: readonly string[] = [],
): Promise<LoadedExperiment> {
  const overrides = sets.map(readOverride);
  const { input, source, folders } = await readRecord(nameOrFile, EXPERIMENTS);
  return { experiment: checkExperiment(input, source, overrides), folders };
}

/** @throws InputError naming the setting and where it comes from, by default `source` */
export function checkExperiment(
  input: Plain,
  source: string,
  overrides: readonly Override[] = [],
): Experiment {
  const settings = overrides.reduce<Plain>(override, input);
  const result = checked(experimentSchema, settings);
  if ('settings' in result) return result.settings;
  throw blame(result.error, { source, input, overrides });
}

interface Source {
  /** As messages name it. */
  readonly source: string;
  readonly input: Plain;
  readonly overrides: readonly Override[];
}

/** Names the `--set` that the error comes from, or else the experiment. */
function blame({ field, message, unreadable }: SettingError, from: Source): Error {
  const { source, overrides } = from;
  const replacing = replacedName(field, from);
  if (replacing !== undefined) return new InputError(replacing);
  if (overrides.some((each) => holds(each.path, field))) {
    return new (unreadable ? UsageError : InputError)(`--set ${field}: ${message}`);
  }
  const part = overrides.findLast((each) => holds(field, each.path));
  return new InputError(complaint(part ? `--set ${part.path}` : source, field, message));
}

/** The message if `field` is missing because a name gave way to one setting in its place. */
function replacedName(field: string, { input, overrides }: Source): string | undefined {
  let settings = input;
  let message: string | undefined;
  for (const each of overrides) {
    const record = each.path.split('.').slice(0, -1);
    const before = record.reduce<unknown>((at, key) => (at as Plain | undefined)?.[key], settings);
    const name = record.join('.');
    if (holds(each.path, field)) message = undefined;
    else if (typeof before === 'string' && field.startsWith(`${name}.`)) {
      const form = formsOf(experimentSchema, name).findLast((text) => text.startsWith('{'));
      message = `--set ${each.path}: ${name} is the name ${quote(before)} here; in its place, give all of ${form}`;
    }
    settings = override(settings, each);
  }
  return message;
}

function readOverride(given: string): Override {
  const [, setting = '', text = ''] = /^([^=]*)=(.*)$/s.exec(given) ?? [];
  if (!/^[^.=\s]+(\.[^.=\s]+)*$/.test(setting)) {
    throw new UsageError(
      `--set needs SETTING=VALUE, such as training.steps=500, not ${quote(given)}`,
    );
  }
  const known = settingPaths(experimentSchema);
  if (!known.includes(setting)) {
    throw new InputError(
      `--set ${setting}: there is no such setting${meantSetting(setting, known)}`,
    );
  }
  return { path: setting, value: readValue(text) };
}

/** JSON, or else the text itself. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A copy in which the setting has the value; records on the way to it are made as needed. */
function override(settings: Plain, { path: setting, value }: Override): Plain {
  const [key, ...rest] = setting.split('.') as [string, ...string[]];
  if (rest.length === 0) return { ...settings, [key]: value };
  const inner = settings[key] ?? {};
  if (!isPlain(inner)) {
    // A size or strategy by name, of which a field is set: the fields replace the name.
    return { ...settings, [key]: override({}, { path: rest.join('.'), value }) };
  }
  return { ...settings, [key]: override(inner, { path: rest.join('.'), value }) };
}

/** Whether the inner setting is the outer one or a part of it. */
function holds(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
