/**
 * `npm run bench`: training beside PyTorch, generation and rollouts, on this machine. Prints tables;
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
import { ALONE, measureAlone, type Alone } from './alone.ts';
import { chosenParts, threadsOf, variantsOf, type PartName } from './parts.ts';
import { findTorch, type TorchPython } from './python.ts';
import { print, save } from './report.ts';
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
  const alone: Alone[] = [];
  for (const part of parts) {
    for (const threads of threadsOf({ ...WORKLOADS, ...ALONE }[part].threads)) {
      log(`${part}, threads: ${threads} …`);
      if (isWorkload(part)) training.push(await train(part, { threads, torch }));
      else alone.push(measureAlone(part, threads));
    }
  }
  const withoutPyTorch = torch.python === null ? torch.reason : null;
  const software = [...training.flatMap(({ figures }) => figures), ...alone].map(
    (measured) => measured.software,
  );
  const results = { machine: machine(software, load), withoutPyTorch, training, alone };
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
  if (!parts.some(isWorkload)) return { python: null, reason: 'no part trains' };
  const engine = locateEngine();
  if (!engine.ready) throw new InputError(`training: ${engine.reason}; kit setup tries again`);
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

function isWorkload(part: PartName): part is WorkloadName {
  return part in WORKLOADS;
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
