/** Where two plain JSON values first differ, as "path is a, not b"; null if they do not. */
export function firstDifference(held: unknown, asked: unknown, at = ''): string | null {
  if (isRecord(held) && isRecord(asked)) {
    for (const key of new Set([...Object.keys(held), ...Object.keys(asked)])) {
      const inner = firstDifference(held[key], asked[key], at === '' ? key : `${at}.${key}`);
      if (inner !== null) return inner;
    }
    return null;
  }
  const [a, b] = [JSON.stringify(held), JSON.stringify(asked)];
  return a === b ? null : `${at} is ${a ?? 'absent'}, not ${b ?? 'absent'}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
