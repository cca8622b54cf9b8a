// Builds dist/widget: loader.js (stable name); ui-<build>.js and <language>-<build>.js, named by the hash of what all of them hold;
// each precompressed; and manifest.json with sizes and SRI hashes.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../../dist/widget');
const texts = join(here, '../../packages/i18n/widget');
const LOADER_GZIP_MAX = 4 * 1024;
/** The user interface with its largest language. */
const UI_GZIP_MAX = 25 * 1024;

async function bundle(entry, define) {
  const result = await build({
    entryPoints: [join(here, 'src', entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    define,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

const files = new Map();
function put(name, bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  files.set(name, bytes);
  files.set(`${name}.gz`, packed);
  return { file: name, bytes: bytes.length, gzip: packed.length, integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}` };
}

const parts = new Map([['ui', await bundle('ui.ts', {})]]);
for (const file of (await readdir(texts)).sort()) {
  const language = file.replace('.json', '');
  const words = JSON.stringify(JSON.parse(await readFile(join(texts, file), 'utf8')));
  if (language !== 'en') parts.set(language, Buffer.from(`(Guildhall.texts??={})["${language}"]=${words}\n`));
}
const hash = createHash('sha256');
for (const bytes of parts.values()) hash.update(bytes);
const name = hash.digest('hex').slice(0, 16);

const manifest = { wire: 1, loader: put('loader.js', await bundle('loader.ts', { GUILDHALL_BUILD: JSON.stringify(name) })) };
for (const [part, bytes] of parts) {
  const entry = put(`${part}-${name}.js`, bytes);
  if (part === 'ui') manifest.ui = entry;
  else (manifest.texts ??= {})[part] = entry;
}
const largest = Math.max(...Object.values(manifest.texts).map((entry) => entry.gzip));
const sizes = { loader: [manifest.loader.gzip, LOADER_GZIP_MAX], 'user interface with one language': [manifest.ui.gzip + largest, UI_GZIP_MAX] };
for (const [what, [bytes, max]] of Object.entries(sizes)) if (bytes > max) throw new Error(`${what} has ${bytes} bytes gzipped; its budget is ${max}`);
files.set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));

await mkdir(out, { recursive: true });
for (const old of await readdir(out)) if (!files.has(old)) await rm(join(out, old));
for (const [file, bytes] of files) await writeFile(join(out, file), bytes);
console.log(`widget: loader ${manifest.loader.gzip} bytes, ui ${manifest.ui.gzip} bytes, largest language ${largest} bytes (gzip)`);
