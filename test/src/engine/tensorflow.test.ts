import { rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bindingFolder } from '../../../src/engine/binding.ts';
import { libraryNames, tensorflowIn, type Tensorflow } from '../../../src/engine/tensorflow.ts';
import { temporaryFolder, writeFakeTensorflow } from '../../helpers/fakeToolchain.ts';

describe('a TensorFlow', () => {
  it.each([
    ['a package', '.'],
    ['a site-packages folder', 'tensorflow'],
    ['a virtual environment', 'lib/python3.12/site-packages/tensorflow'],
    ['a prefix with lib64', 'lib64/python3.9/site-packages/tensorflow'],
  ])('is found by the path of %s', (_, place) => {
    const folder = temporaryFolder();
    writeFakeTensorflow(path.join(folder, place));
    expect(tensorflowIn(folder)).toMatchObject({ folder: path.join(folder, place), cuda: false });
  });

  it('has the same identity by way of a symbolic link', () => {
    const folder = temporaryFolder();
    writeFakeTensorflow(path.join(folder, 'real'));
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    expect(tensorflowIn(path.join(folder, 'link'))).toEqual(
      tensorflowIn(path.join(folder, 'real')),
    );
  });

  it('knows whether it is built for CUDA', () => {
    const folder = temporaryFolder();
    writeFakeTensorflow(folder, { cuda: true });
    expect(tensorflowIn(folder)).toMatchObject({ cuda: true });
  });

  it.each([...libraryNames(), 'include/tensorflow/c/eager/c_api.h'])('needs its %s', (name) => {
    const folder = temporaryFolder();
    writeFakeTensorflow(folder);
    rmSync(path.join(folder, name));
    const reason = tensorflowIn(folder);
    expect(reason).toContain(folder);
    expect(reason).toContain(path.basename(name));
  });

  it('is in no folder that does not exist', () => {
    expect(tensorflowIn('/no/such/folder')).toBe('/no/such/folder: no such folder');
  });
});

describe('the folder of a binding', () => {
  const env = { XDG_CACHE_HOME: '/cache' };
  const folderOf = (tensorflow: string): string =>
    bindingFolder(tensorflowIn(tensorflow) as Tensorflow, env);

  it('stays the same as long as the libraries do', () => {
    const folder = temporaryFolder();
    writeFakeTensorflow(folder);
    expect(folderOf(folder)).toBe(folderOf(folder));
    expect(folderOf(folder)).toMatch(/^\/cache\/dualformer-kit\/bindings\/[0-9a-f]{16}$/);
  });

  it('changes with the place, the size and the time of either library', () => {
    const folder = temporaryFolder();
    for (const name of ['one', 'other']) writeFakeTensorflow(path.join(folder, name));
    const one = path.join(folder, 'one');
    const seen = [folderOf(one), folderOf(path.join(folder, 'other'))];
    for (const name of libraryNames()) {
      writeFileSync(path.join(one, name), 'another size');
      seen.push(folderOf(one));
      utimesSync(path.join(one, name), 1, 1);
      seen.push(folderOf(one));
    }
    expect(new Set(seen).size).toBe(seen.length);
  });
});
