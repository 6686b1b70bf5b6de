// node dump.ts size dir : dumps the SavedModel of a training step
import { cpSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '/work/main/dist/src/engine/backends.js';
import { measureTraining } from '/work/main/dist/bench/training.js';
const [size, dir, threads, steps] = process.argv.slice(2);
await startBackend({ backend: 'tensorflow', threads: threads === '0' ? undefined : Number(threads ?? 1) });
const backend = tf.backend();
const load = backend.binding.loadSavedModel;
const binding = backend.binding;
const copy = Object.fromEntries(Object.getOwnPropertyNames(binding).map((n) => [n, binding[n]]));
copy.loadSavedModel = (folder, tags) => { if (dir !== '-') cpSync(folder, dir, { recursive: true }); return load.call(binding, folder, tags); };
backend.binding = copy;
const c0=process.cpuUsage(), t0=performance.now();
console.log(measureTraining(size, Number(steps ?? 20)));
const c1=process.cpuUsage(c0); console.log("cpu/wall", ((c1.user+c1.system)/1000/(performance.now()-t0)).toFixed(2));
