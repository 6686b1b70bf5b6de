/** `kit doctor` */
import { diagnose, type BackendDiagnosis, type Diagnosis } from '../../engine/doctor.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';

export async function showDiagnosis(
  { json, threads }: { readonly json: boolean; readonly threads: number | undefined },
  session: Session,
): Promise<void> {
  const diagnosis = await diagnose(threads === undefined ? {} : { threads });
  const lines = json ? [JSON.stringify(diagnosis, null, 2)] : diagnosisLines(diagnosis);
  for (const line of lines) await session.print(line);
}

export function diagnosisLines({ versions, machine, cache, backends }: Diagnosis): string[] {
  const fastest = backends.find(({ available }) => available)?.name;
  const { platform, cpu, cores, features, memoryBytes, freeMemoryBytes } = machine;
  const extensions = features.length === 0 ? '' : ` with ${features.join(', ')}`;
  return [
    `kit ${versions.kit}, Node ${versions.node}, tfjs ${versions.tfjs}`,
    `${platform}, ${cpu}, ${cores} cores${extensions}`,
    `memory: ${gigabytes(freeMemoryBytes)} of ${gigabytes(memoryBytes)} free`,
    `engine cache: ${cache.folder}, ${gigabytes(cache.bytes)}`,
    '',
    ...backends.flatMap((backend) => backendLines(backend, backend.name === fastest)),
  ];
}

function backendLines(backend: BackendDiagnosis, isFastest: boolean): string[] {
  const name = backend.name.padEnd(12);
  if (!backend.available) return [`${name}not available: ${backend.reason}`];
  const { version, devices, threads, gflops, bfloat16Gflops, kernels, tensorflow } = backend;
  const threading = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const bf16 = bfloat16Gflops === null ? '' : `, ${formatNumber(bfloat16Gflops)} in bf16`;
  const speed = `${formatNumber(gflops)} GFLOPS${bf16}`;
  const used = isFastest ? ', runs unless told otherwise' : '';
  return [
    `${name}${version}, ${threading}, ${speed}${used}`,
    `${' '.repeat(12)}on ${devices.join(', ')}`,
    ...(tensorflow === null ? [] : nativeLines(tensorflow, kernels)),
  ];
}

function nativeLines(tensorflow: string, kernels: string | null): string[] {
  const operations = kernels === null ? "TensorFlow's" : `the kit's, built for ${kernels}`;
  const lines = [`from ${tensorflow}`, `operations of decoding: ${operations}`];
  return lines.map((line) => `${' '.repeat(12)}${line}`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
