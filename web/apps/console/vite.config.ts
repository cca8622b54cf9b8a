// How the console is built: content-hashed files under assets/, a blocking script that sets theme and direction before the first
// paint, and nothing inline.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { transform } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { defineConfig, type Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const server = process.env['GUILDHALL_SERVER'] ?? 'http://127.0.0.1:8080';

function firstPaint(): Plugin {
  let name = '';
  let code = '';
  return {
    name: 'first-paint',
    async buildStart() {
      const source = await readFile(join(here, 'src/first_paint.ts'), 'utf8');
      code = (await transform(source, { loader: 'ts', format: 'iife', minify: true, target: 'es2021' })).code;
      name = `assets/first-paint-${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`;
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source: code });
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, context) => (context.server ? [{ tag: 'script', attrs: { type: 'module', src: '/console/src/first_paint.ts' } }] : [{ tag: 'script', attrs: { src: `/console/${name}` } }]),
    },
  };
}

export default defineConfig({
  root: here,
  base: '/console/',
  plugins: [react(), tailwindcss(), firstPaint()],
  build: {
    outDir: join(here, '../../dist/console'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': server, '/widget': server, '/marketplace': { target: server, bypass: () => '/console/index.html' } } },
});
