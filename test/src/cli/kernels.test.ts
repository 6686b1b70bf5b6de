import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasKernels } from '../../../src/engine/kernels.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { kitRoot } from '../../../src/kitPackage.ts';
import { spawnKit } from '../../helpers/kit.ts';

await startTestBackend();

describe.runIf(hasKernels())('KIT_KERNELS', () => {
  const doctor = async (KIT_KERNELS: string): Promise<string> => {
    const env = { ...process.env, KIT_KERNELS };
    const { code, stdout } = await spawnKit(['doctor'], { env });
    expect(code).toBe(0);
    return stdout;
  };

  it('chooses the operations of decoding, and the doctor shows which', async () => {
    expect(await doctor('any')).toContain("operations of decoding: the kit's, built for any\n");
    expect(await doctor('none')).toContain("operations of decoding: TensorFlow's\n");
  });

  it('is told in one line that there is no such build', async () => {
    const line = /KIT_KERNELS "sse": not known; known are .*none$/m;
    expect(await doctor('sse')).toMatch(line);
    const env = { ...process.env, KIT_KERNELS: 'sse', KIT_BACKEND: '' };
    const solving = ['solve', path.join(kitRoot, 'results', 'demo'), '-'];
    const { code, stderr } = await spawnKit(solving, { env, stdin: 'S.\n.G\n' });
    expect(code).toBe(1);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
