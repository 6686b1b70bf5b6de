/**
 * `npm run bench`: training and rollouts beside PyTorch, and generation, on this machine. Prints tables;
 * a run of all parts also writes them to results/bench.
 *
 *   npm run bench -- [PART …] [--no-pytorch]
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from '../envs/inputError.ts';
import { cpuFeatures } from '../src/engine/machine.ts';
import { locateEngine } from '../src/engine/nativeEngine.ts';
import { kitRoot, kitVersion } from '../src/kitPackage.ts';
import { ALONE, measureAlone, type Alone, type AloneName } from './alone.ts';
import { measureRollouts } from './besidePyTorch.ts';
import { chosenParts, threadsOf, variantsOf, waysOf, type PartName } from './parts.ts';
import { findTorch, type TorchPython } from './python.ts';
import { print, save } from './report.ts';
import type { RolloutsBeside } from './rolloutTable.ts';
import { ROLLOUTS, type RolloutName } from './rolloutWorkloads.ts';
import { measureSideBySide } from './sideBySide.ts';
import type { SideBySide } from './trainingTable.ts';
import { WORKLOADS, type WorkloadName } from './workloads.ts';

/** Processes that want to run besides the bench; threads that wait for each other suffer most. */
const BUSY = 0.5;

const log = (line: string): boolean => process.stderr.write(`${line}\n`);

try {
  await main(process.argv.slice(2));
} catch (error) {
  log(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const { parts, pytorch, all } = readArguments(args);
  const [load] = os.loadavg() as [number, number, number];
  if (load > BUSY) log(`the machine is busy (load ${load.toFixed(1)}): its figures will be off`);
  const torch = await torchFor(parts, pytorch);
  const training: SideBySide[] = [];
  const rollouts: RolloutsBeside[] = [];
  const alone: Alone[] = [];
  for (const part of parts) {
    if (isAlone(part)) {
      log(`${part} …`);
      alone.push(measureAlone(part));
      continue;
    }
    for (const threads of threadsOf(isRollout(part) ? ROLLOUTS[part] : WORKLOADS[part])) {
      log(`${part}, threads: ${threads} …`);
      if (isRollout(part)) rollouts.push(await respond(part, { threads, torch }));
      else training.push(await train(part, { threads, torch }));
    }
  }
  const withoutPyTorch = torch.python === null ? torch.reason : null;
  const software = [...training, ...rollouts].flatMap(({ figures }) =>
    figures.map((figure) => figure.software),
  );
  const results = { machine: machine(software, load), withoutPyTorch, training, rollouts, alone };
  print(results);
  if (all) save(results, path.join(kitRoot, 'results', 'bench'));
}

/** @throws InputError for an unknown part or flag */
function readArguments(args: string[]): {
  readonly parts: readonly PartName[];
  readonly all: boolean;
  readonly pytorch: boolean;
} {
  const options = { 'no-pytorch': { type: 'boolean', default: false } } as const;
  const { values, positionals } = parsed(() =>
    parseArgs({ args, allowPositionals: true, options }),
  );
  return {
    parts: chosenParts(positionals),
    all: positionals.length === 0,
    pytorch: !values['no-pytorch'],
  };
}

/** Node explains at length how an unknown flag could still be meant; its first sentence will do. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InputError((error as Error).message.split('. ')[0]);
  }
}

/** Says why there is none, if there is none and a part would want it. */
async function torchFor(parts: readonly PartName[], wanted: boolean): Promise<TorchPython> {
  const compared = parts.find((part) => !isAlone(part));
  if (compared === undefined) return { python: null, reason: 'no part is compared with it' };
  const engine = locateEngine();
  if (!engine.ready) throw new InputError(`${compared}: ${engine.reason}; kit setup tries again`);
  if (!wanted) return { python: null, reason: '--no-pytorch was given' };
  const torch = await findTorch({ log });
  if (torch.python === null) log(`PyTorch: ${torch.reason}; measuring the kit alone`);
  return torch;
}

async function train(
  workload: WorkloadName,
  { threads, torch }: { threads: number; torch: TorchPython },
): Promise<SideBySide> {
  const { python } = torch;
  const variants = variantsOf(WORKLOADS[workload], { torch: python !== null, threads });
  const figures = await measureSideBySide(workload, { threads, variants, python });
  return { workload, threads, figures };
}

async function respond(
  workload: RolloutName,
  { threads, torch }: { threads: number; torch: TorchPython },
): Promise<RolloutsBeside> {
  const { python } = torch;
  const ways = waysOf(ROLLOUTS[workload], { torch: python !== null });
  const figures = await measureRollouts(workload, { threads, ways, python });
  return { workload, threads, figures };
}

function isRollout(part: PartName): part is RolloutName {
  return part in ROLLOUTS;
}

function isAlone(part: PartName): part is AloneName {
  return part in ALONE;
}

/** Processor, cores, what else they did before, and versions, in a line. */
function machine(software: readonly (string | null)[], load: number): string {
  return [
    os.cpus()[0]?.model.trim() ?? 'unknown processor',
    ...cpuFeatures().filter((feature) => /512|bf16|sve/.test(feature)),
    `${os.availableParallelism()} cores (load ${load.toFixed(1)} before)`,
    `Node ${process.version}`,
    ...new Set(software.filter((name) => name !== null)),
    `kit ${kitVersion()}`,
  ].join(', ');
}
