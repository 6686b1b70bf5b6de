import { experiments } from '../../../experiments/index.ts';
import { studies } from '../../../experiments/studies/index.ts';
import type { Session } from '../session.ts';

export async function listExperiments(session: Session): Promise<void> {
  const entries: (readonly [name: string, describe: string])[] = [];
  for (const [name, load] of Object.entries(experiments)) {
    entries.push([name, (await load()).description ?? '']);
  }
  for (const [name, load] of Object.entries(studies)) {
    entries.push([name, `study: ${(await load()).question ?? ''}`]);
  }
  const width = Math.max(...entries.map(([name]) => name.length));
  for (const [name, text] of entries) {
    await session.print(`${name.padEnd(width)}  ${text}`.trimEnd());
  }
}
