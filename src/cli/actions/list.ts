import { experiments } from '../../../experiments/index.ts';
import type { Session } from '../session.ts';

export async function listExperiments(session: Session): Promise<void> {
  const names = Object.keys(experiments);
  const width = Math.max(...names.map((name) => name.length));
  for (const [name, load] of Object.entries(experiments)) {
    const { description = '' } = await load();
    await session.print(`${name.padEnd(width)}  ${description}`.trimEnd());
  }
}
