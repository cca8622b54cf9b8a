// Builds dist/console, precompresses every file (gzip and brotli) and holds the size budgets: what the first page needs, and each
// area on top of it, gzipped, with one language.
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../../dist/console');
const ENTRY_GZIP_MAX = 150 * 1024;
const AREA_GZIP_MAX = 60 * 1024;
const areas = { marketplace: 'src/marketplace/area.tsx', customer: 'src/customer/area.tsx' };

await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });

const manifestPath = join(out, 'manifest.json');
const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
await rm(manifestPath);

const gzipped = new Map();
for (const folder of [out, join(out, 'assets')])
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || /\.(gz|br)$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const bytes = await readFile(path);
    const packed = gzipSync(bytes, { level: 9 });
    gzipped.set(path.slice(out.length + 1), packed.length);
    if (bytes.length < 512) continue;
    await writeFile(`${path}.gz`, packed);
    await writeFile(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }

/** Files a chunk needs before it runs: itself, its style sheets and its static imports. */
function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return new Set();
  seen.add(key);
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}`);
  const files = new Set([chunk.file, ...(chunk.css ?? [])]);
  for (const imported of chunk.imports ?? []) for (const file of filesOf(imported, seen)) files.add(file);
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + (gzipped.get(file) ?? 0), 0);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

function within(name, bytes, max) {
  if (bytes > max) throw new Error(`${name} has ${kib(bytes)} gzipped; its budget is ${kib(max)}`);
  return `${name} ${kib(bytes)}`;
}

const entry = filesOf('index.html');
const english = Object.keys(manifest).find((key) => key.endsWith('console/en.json'));
if (process.env.SIZES) for (const file of entry) console.log(file, kib(gzipped.get(file) ?? 0));
const report = [within('entry with one language', sum(entry) + sum(filesOf(english)), ENTRY_GZIP_MAX)];
for (const [name, key] of Object.entries(areas)) {
  // What entering the area at its largest page brings: the area itself, that page, and what either needs.
  const area = filesOf(key);
  const texts = Object.keys(manifest).find((one) => one.endsWith(`console/${name}/en.json`));
  if (texts) for (const file of filesOf(texts)) area.add(file);
  const pages = Object.keys(manifest).filter((page) => page.startsWith(dirname(key)) && manifest[page].isDynamicEntry && page !== key);
  const sizes = [[], ...pages.map((page) => [...filesOf(page)])].map((page) => sum(new Set([...area, ...page].filter((file) => !entry.has(file)))));
  report.push(within(`${name} with its largest page`, Math.max(...sizes), AREA_GZIP_MAX));
}
console.log(`console: ${report.join(', ')} (gzip)`);
