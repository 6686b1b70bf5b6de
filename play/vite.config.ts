/**
 * How the page is built. The kit's own code runs in it unchanged; only the session that TensorFlow's
 * native library runs graphs in is left out, since browsers have no such library.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const withoutSession: Plugin = {
  name: 'without-native-session',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!source.endsWith('/session.ts') || importer === undefined) return null;
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    return resolved?.id === at('../src/engine/session.ts') ? at('model/noSession.ts') : null;
  },
};

export default defineConfig({
  root: at('.'),
  base: './',
  plugins: [withoutSession],
  worker: { format: 'es', plugins: () => [withoutSession] },
  build: {
    target: 'es2023',
    outDir: at('../dist/page'),
    emptyOutDir: true,
    // Inlined as data: they would need leave in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
