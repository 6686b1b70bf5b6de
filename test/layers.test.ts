import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** From the ground up; a file imports only from its own layer and from those before it. */
const LAYERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['envs', /^envs\//],
  ['solvers', /^solvers\//],
  ['traces', /^traces\//],
  [
    'files',
    /^src\/(files|firstDifference|json|kitPackage|lock|pace|reading|sealed|sealedLog|shape|shell)\.ts$/,
  ],
  ['engine', /^src\/engine\//],
  ['model', /^src\/model\//],
  ['data', /^src\/data\//],
  ['objectives', /^src\/objectives\//],
  ['optimizers', /^src\/optimizers\//],
  ['training', /^src\/training\//],
  ['evaluation', /^src\/evaluation\//],
  ['page', /^(play\/|src\/pageApi\.ts$)/],
  ['improvement', /^src\/improvement\//],
  ['report', /^src\/report\//],
  ['experiment', /^src\/(experiment|experimentFields|improvementSettings|limits|names|study)\.ts$/],
  ['experiments', /^experiments\//],
  ['cli', /^src\/cli\//],
  ['bench', /^bench\//],
];

const APART: ReadonlySet<string> = new Set(['model data', 'data model']);

describe('the layers', () => {
  const files = sourceFiles();

  it('cover every source file', () => {
    expect(files.filter((file) => layerOf(file) === -1)).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(files)('%s imports only from layers below', (file) => {
    const own = layerOf(file);
    for (const target of imports(file)) {
      const other = layerOf(target);
      const names = `${LAYERS[own]![0]} ${LAYERS[other]?.[0]}`;
      expect(other <= own && !APART.has(names), `${file} imports ${target}`).toBe(true);
    }
  });

  it.each(files.filter((file) => !file.startsWith('src/engine/')))(
    '%s knows no backend',
    (file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      // The address of a file says nothing of what is in it.
      const code = text.replaceAll(/from '[^']*\?url'/g, '');
      expect(code).not.toMatch(/from '@tensorflow\/(?!tfjs-core')|import\('@tensorflow/);
    },
  );

  it('leave the page to itself: nothing that runs under Node imports it', () => {
    const isOfPage = (file: string): boolean => file.startsWith('play/');
    for (const file of files.filter((name) => !isOfPage(name))) {
      expect(imports(file).filter(isOfPage)).toEqual([]);
    }
  });

  it('leave mazes and token names out of the model', () => {
    for (const file of files.filter((name) => name.startsWith('src/model/'))) {
      const code = readFileSync(path.join(root, file), 'utf8');
      expect(imports(file).filter((target) => /^envs\/(maze|sokoban)/.test(target))).toEqual([]);
      expect(code).not.toMatch(/\b(maze|sokoban|worker|CREATE|CLOSE|PLAN)\b/);
    }
  });
});

function sourceFiles(): string[] {
  return ['envs', 'solvers', 'traces', 'src', 'play', 'experiments', 'bench'].flatMap((folder) =>
    (readdirSync(path.join(root, folder), { recursive: true }) as string[])
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
  );
}

/** Files of the repository that `file` imports, types included. */
function imports(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import|import\()\s*'(\.[^']*)'/g)].map(([, target]) =>
    path.posix.join(path.posix.dirname(file), target!),
  );
}

function layerOf(file: string): number {
  return LAYERS.findIndex(([, pattern]) => pattern.test(file));
}
