// A server with the widget of this working copy on it: files of /widget/v1 come from web/dist, everything else from the server.
//   node e2e/dist-proxy.mjs SERVER_URL [PORT]
import { readFile } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist/widget');
const [server, port = '0'] = process.argv.slice(2);
if (!server) {
  console.error('usage: dist-proxy.mjs SERVER_URL [PORT]');
  process.exit(2);
}

const proxy = createServer(async (request, response) => {
  const file = /^\/widget\/v1\/([\w-]+\.js)$/.exec(request.url)?.[1];
  const bytes = file ? await readFile(join(dist, file)).catch(() => null) : null;
  if (bytes) {
    response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cross-Origin-Resource-Policy': 'cross-origin' });
    return response.end(bytes);
  }
  const onward = ask(new URL(request.url, server), { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
});
proxy.listen(Number(port), '127.0.0.1', () => console.log(`http://localhost:${proxy.address().port}`));
