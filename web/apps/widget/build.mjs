// Builds dist/widget: loader.js (stable name), ui-<hash>.js, both precompressed, and manifest.json with sizes and SRI hashes.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../../dist/widget');
const LOADER_GZIP_MAX = 4 * 1024;
const UI_GZIP_MAX = 25 * 1024;

async function bundle(entry, define) {
  const result = await build({
    entryPoints: [join(here, 'src', entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2021', 'chrome109', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    define,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

const files = new Map();
function put(name, bytes, gzipMax) {
  const packed = gzipSync(bytes, { level: 9 });
  if (packed.length > gzipMax) throw new Error(`${name} has ${packed.length} bytes gzipped; its budget is ${gzipMax}`);
  files.set(name, bytes);
  files.set(`${name}.gz`, packed);
  return { file: name, bytes: bytes.length, gzip: packed.length, integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}` };
}

const ui = await bundle('ui.ts', {});
const uiName = `ui-${createHash('sha256').update(ui).digest('hex').slice(0, 16)}.js`;
const loader = await bundle('loader.ts', { GUILDHALL_UI_FILE: JSON.stringify(uiName) });
const manifest = { wire: 1, loader: put('loader.js', loader, LOADER_GZIP_MAX), ui: put(uiName, ui, UI_GZIP_MAX) };
files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));

await mkdir(out, { recursive: true });
for (const old of await readdir(out)) if (!files.has(old)) await rm(join(out, old));
for (const [name, bytes] of files) await writeFile(join(out, name), bytes);
console.log(`widget: loader ${manifest.loader.gzip} bytes, ui ${manifest.ui.gzip} bytes (gzip)`);
