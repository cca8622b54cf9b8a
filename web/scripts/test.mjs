// Bundles every *.test.ts of packages and apps and runs them with node's own test runner.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tests = [];
for (const group of ['packages', 'apps'])
  for (const name of await readdir(join(root, group))) {
    const folder = join(root, group, name, 'test');
    for (const file of await readdir(folder).catch(() => [])) if (file.endsWith('.test.ts')) tests.push(join(folder, file));
  }
const out = await mkdtemp(join(tmpdir(), 'guildhall-web-test-'));
try {
  await build({ entryPoints: tests, bundle: true, platform: 'node', format: 'esm', target: 'node18', outdir: out, outExtension: { '.js': '.mjs' }, outbase: root, logLevel: 'warning' });
  const bundled = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.mjs')).map((name) => join(out, name));
  process.exitCode = spawnSync(process.execPath, ['--test', ...bundled], { stdio: 'inherit' }).status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
