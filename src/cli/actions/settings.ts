/** Settings of an experiment that come from flags. */

export interface SettingsFlags {
  readonly set: readonly string[];
  readonly seed: number | undefined;
  readonly precision: 'fp32' | 'bf16' | undefined;
}

/** As `--set` takes them. */
export function settingsOf({ set, seed, precision }: SettingsFlags): string[] {
  return [
    ...set,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(precision === undefined ? [] : [`training.precision=${precision}`]),
  ];
}
