// How the console is built: content-hashed files under assets/, a blocking script that sets theme and direction before the first
// paint, and nothing inline.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build } from 'esbuild';
import { defineConfig, type Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const server = process.env['GUILDHALL_SERVER'] ?? 'http://127.0.0.1:8080';

const vendor = /node_modules[\\/](react|react-dom|scheduler|i18next|react-i18next|@tanstack|openapi-fetch|use-sync-external-store)[\\/]/;
const frame =
  /(console[\\/]src[\\/](queries|router|i18n|shell[\\/](announcer|layout|header|user_menu|session|create|shortcuts|preferences|failure_note|page|not_found|crash))|packages[\\/](api[\\/]src[\\/](index|client|failure|account|market|agents)|ui[\\/]src[\\/](button|cx|toast|spinner|menu|states)))\.tsx?$/;

function firstPaint(): Plugin {
  let name = '';
  let code = '';
  return {
    name: 'first-paint',
    async buildStart() {
      const made = await build({ entryPoints: [join(here, 'src/first_paint.ts')], bundle: true, write: false, format: 'iife', minify: true, target: 'es2021' });
      code = made.outputFiles[0]?.text ?? '';
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
    // What every page needs travels as one file: it packs better than twenty, and changes less often than the pages.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'vendor', test: vendor }, { name: 'frame', test: frame }] } } },
  },
  server: { proxy: { '/api': server, '/widget': server, '/marketplace': { target: server, bypass: () => '/console/index.html' } } },
});
