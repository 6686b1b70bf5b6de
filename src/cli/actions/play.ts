/** `kit play`: serves the page, or writes it as a site. */
import type { Session } from '../session.ts';
import { openBrowser } from '../play/openBrowser.ts';
import { pageFiles, preparePage } from '../play/page.ts';
import { findRuns, runPlaces } from '../play/runs.ts';
import { startServer } from '../play/server.ts';
import { exportSite } from '../play/site.ts';

export interface PlayFlags {
  readonly port: number | undefined;
  readonly noOpen: boolean;
  readonly export: string | undefined;
}

/** Serves until the process is ended. */
export async function play(
  run: string | undefined,
  flags: PlayFlags,
  session: Session,
): Promise<void> {
  const places = runPlaces(run);
  // A run that is none is told before anything is built.
  findRuns(places);
  const page = await preparePage((line) => session.note(line));
  const site = { files: pageFiles(page), places };
  if (flags.export !== undefined) {
    const runs = await exportSite(flags.export, site);
    const models = runs.length === 1 ? '1 model' : `${runs.length} models`;
    await session.print(`${flags.export}: the page, with ${models}`);
    return;
  }
  const { url } = await startServer(site, flags.port ?? 0);
  await session.print(`Playground: ${url} (Ctrl-C ends it)`);
  if (!flags.noOpen) openBrowser(url);
  await new Promise(() => {});
}
