/** What this machine offers to a tensor backend. */
import { existsSync, readFileSync } from 'node:fs';
import { runProgram } from './processes.ts';

/** As the driver calls them. */
export async function gpuNames(): Promise<string[]> {
  const args = ['--query-gpu=name', '--format=csv,noheader'];
  const { code, stdout } = await runProgram('nvidia-smi', args, { timeoutMs: 20_000 });
  const names = stdout.split('\n').filter((line) => line.trim() !== '');
  return code === 0 && names.length > 0 ? names : ['GPU'];
}

/** Instruction sets that matter to matrix products, as /proc/cpuinfo names them. */
export function cpuFeatures(): string[] {
  const present = instructionSets();
  return MATRIX_FEATURES.filter((feature) => present.has(feature));
}

/** As /proc/cpuinfo names them; none where there is no such file. */
export function instructionSets(): ReadonlySet<string> {
  if (!existsSync('/proc/cpuinfo')) return new Set();
  const [, all = ''] =
    /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
  return new Set(all.trim().split(/\s+/));
}

/** Whether the processor multiplies bfloat16; without that it is slower than float32. */
export function hasBfloat16(): boolean {
  return cpuFeatures().some((feature) => feature.endsWith('bf16'));
}

const MATRIX_FEATURES =
  'avx avx2 fma avx512f avx512_vnni avx512_bf16 amx_tile amx_bf16 asimd sve bf16 i8mm'.split(' ');

/** Why TensorFlow's libraries can't run on a machine of this kind; null if they can. */
export function platformProblem(
  { platform, arch }: { platform: string; arch: string } = process,
  glibc: string | null = glibcVersion(),
): string | null {
  if (platform === 'win32') return 'TensorFlow exports no C library on Windows; use WSL';
  if (platform === 'darwin') {
    return arch === 'arm64' ? null : 'TensorFlow 2.21 is not built for Intel Macs';
  }
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    return `TensorFlow is not built for ${platform} on ${arch}`;
  }
  if (glibc === null) return 'TensorFlow needs glibc; this system (Alpine?) has another C library';
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27))
    return `TensorFlow needs glibc 2.27; here is ${glibc}`;
  return null;
}

/** null where the C library is another one. */
function glibcVersion(): string | null {
  // Without this the report looks up every network address.
  (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? null;
}
