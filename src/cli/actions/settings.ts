/** Settings of an experiment that come from flags. */

export interface SettingsFlags {
  readonly set: readonly string[];
  readonly seed: number | undefined;
}

/** As `--set` takes them. */
export function settingsOf({ set, seed }: SettingsFlags): string[] {
  return seed === undefined ? [...set] : [...set, `seed=${seed}`];
}
