/** Collecting garbage when it is known to be there. */
import v8 from 'node:v8';
import vm from 'node:vm';

/**
 * Frees what nothing reaches. V8 does so by itself when its own heap grows, but does not see what the
 * native library is about to take.
 */
export function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
}
