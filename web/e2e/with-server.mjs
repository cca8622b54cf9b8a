// Starts a server with demo content in a temporary folder, runs a journey against it, and ends it.
//   node e2e/with-server.mjs PROGRAM JOURNEY.mjs [ARGUMENTS…]      the journey gets the server's address first
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_WITHIN_MS = 60_000;
const [program, journey, ...rest] = process.argv.slice(2);
if (!program || !journey) {
  console.error('usage: with-server.mjs PROGRAM JOURNEY.mjs [ARGUMENTS…]');
  process.exit(2);
}

const data = await mkdtemp(join(tmpdir(), 'guildhall-e2e-'));
const server = spawn(program, ['serve', '--demo', '--data', data, '--listen', '127.0.0.1:0', '--monitor-listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
const ended = new Promise((resolve) => server.once('exit', resolve));
try {
  const base = await new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the server was not ready in time; it said: ${said}`)), READY_WITHIN_MS);
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const ready = /ready on (http:\S+)/.exec(said);
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}; it said: ${said}`)));
  });
  process.exitCode = spawnSync(process.execPath, [journey, base, ...rest], { stdio: 'inherit' }).status ?? 1;
} finally {
  server.kill('SIGTERM');
  await ended;
  await rm(data, { recursive: true, force: true });
}
