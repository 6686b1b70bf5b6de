import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraryNames } from '../../../src/engine/tensorflow.ts';
import { unpackWheels } from '../../../src/engine/wheels.ts';
import { temporaryFolder } from '../../helpers/fakeToolchain.ts';

const python = spawnSync('python3', ['--version']).status === 0;

describe.runIf(python)('unpacking a wheel', () => {
  it('leaves exactly what runs, in its place, and programs executable', async () => {
    const [api, framework] = libraryNames();
    const needed = [
      `tensorflow/${api}`,
      `tensorflow/${framework}`,
      'tensorflow/include/tensorflow/c/c_api.h',
      'tensorflow/include/tensorflow/c/eager/c_api.h',
      'tensorflow/include/tensorflow/core/platform/ctstring_internal.h',
      'tensorflow/include/tsl/platform/ctstring.h',
      'tensorflow/include/xla/tsl/c/tsl_status.h',
      'tensorflow/python/platform/build_info.py',
      'nvidia/cublas/lib/libcublas.so.12',
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
      'tensorflow-2.21.0.dist-info/METADATA',
    ];
    const useless = [
      'tensorflow/__init__.py',
      'tensorflow/python/_pywrap_tfe.so',
      'tensorflow/include/tensorflow/core/framework/op.h',
      'tensorflow/include/tensorflow/c/BUILD',
      'nvidia/cublas/include/cublas.h',
      'nvidia/cublas/lib/libcublas_static.a',
    ];
    const folder = temporaryFolder();
    const wheel = makeWheel(folder, [...needed, ...useless]);
    await unpackWheels([wheel], path.join(folder, 'out'), {});
    expect(filesBelow(path.join(folder, 'out'))).toEqual([...needed].sort());
    const program = path.join(folder, 'out', 'nvidia', 'cuda_nvcc', 'bin', 'ptxas');
    expect(statSync(program).mode & 0o111).toBe(0o111);
  });

  it('fails on a file that is no wheel', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'x.whl');
    writeFileSync(file, 'not a zip file');
    await expect(unpackWheels([file], folder, {})).rejects.toThrow(/can't unpack .*x\.whl: .*zip/);
  });
});

function makeWheel(folder: string, members: readonly string[]): string {
  for (const member of members) {
    const file = path.join(folder, 'in', member);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, member, { mode: member.includes('/bin/') ? 0o755 : 0o644 });
  }
  const wheel = path.join(folder, 'made.whl');
  const tops = readdirSync(path.join(folder, 'in')).map((name) => path.join(folder, 'in', name));
  expect(spawnSync('python3', ['-m', 'zipfile', '-c', wheel, ...tops]).status).toBe(0);
  return wheel;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();
}
