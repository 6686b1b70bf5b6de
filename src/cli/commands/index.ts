/** All commands, in the order of the help. */
import type { Command } from '../command.ts';
import { bootstrap } from './bootstrap.ts';
import { compare } from './compare.ts';
import { data } from './data.ts';
import { doctor } from './doctor.ts';
import { evaluate } from './eval.ts';
import { exportCommand } from './export.ts';
import { genMazes } from './genMazes.ts';
import { genSokoban } from './genSokoban.ts';
import { list } from './list.ts';
import { plan } from './plan.ts';
import { play } from './play.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { setup } from './setup.ts';
import { show } from './show.ts';
import { solve } from './solve.ts';
import { trace } from './trace.ts';
import { sweep } from './sweep.ts';
import { train } from './train.ts';

export const commands: readonly Command[] = [
  run,
  sweep,
  plan,
  genMazes,
  genSokoban,
  trace,
  show,
  data,
  train,
  bootstrap,
  evaluate,
  solve,
  play,
  report,
  compare,
  exportCommand,
  list,
  setup,
  doctor,
];
