/** When the last of `jobs` is done that take the tasks in their order. */
export function makespan(seconds: readonly number[], jobs: number): number {
  const free = new Array<number>(jobs).fill(0);
  for (const each of seconds) free[free.indexOf(Math.min(...free))]! += each;
  return Math.max(...free);
}
