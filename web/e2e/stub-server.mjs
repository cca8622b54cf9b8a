// Speaks the widget's protocol (docs/contracts/support-partner.md §4.4) with canned answers, to develop the widget without the server.
//   node e2e/stub-server.mjs [PORT]          then open http://localhost:PORT/demo?key=pk_demo_demo_demo_demo
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html', json: 'application/json' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "object-src 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types guildhall";
const histories = new Map();

const answers = {
  default: {
    text: 'You may send back anything within **60 days of delivery**, without giving a reason. [1]\n\n1. Open **My account → Orders** and click `Return items`.\n2. Print the label, or show the QR code. [2]\n\nMore at [our help pages](https://help.harbourandpine.example/returns).',
    outcome: 'answer',
    citations: [
      { n: 1, title: 'Returns and refunds', url: null, page: null, heading_path: ['Returns and refunds'], quote: 'You may send back anything within 60 days of delivery, without giving a reason.', language: 'en' },
      { n: 2, title: 'Returns and refunds', url: 'https://help.harbourandpine.example/returns', page: 2, heading_path: ['Returns and refunds', 'How to return an item'], quote: 'Print the label, or show the QR code in the parcel shop if you have no printer.', language: 'en' },
    ],
  },
  arabic: { text: 'يمكنك إرجاع أي منتج خلال **60 يومًا** من التسليم. [1]', outcome: 'answer', citations: [{ n: 1, title: 'Returns and refunds', url: null, page: null, heading_path: [], quote: 'You may send back anything within 60 days of delivery.', language: 'en' }] },
};

function refuse(response, status, code, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { code, message: code, details: {}, request_id: 'stub-request' } }));
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || '{}');
}

async function stream(response, conversation, said, cors) {
  if (said.text.includes('quota')) return refuse(response, 429, 'quota_exceeded', { 'Retry-After': '60', ...cors });
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', ...cors });
  const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const history = histories.get(conversation) ?? [];
  histories.set(conversation, history);
  const seq = history.length + 1;
  send('message.created', { message_id: crypto.randomUUID(), client_id: said.client_id, seq, role: 'visitor', text: said.text });
  const answer = /[\u0600-\u06ff]/.test(said.text) ? answers.arabic : answers.default;
  let offset = 0;
  for (const piece of answer.text.match(/[\s\S]{1,12}/gu)) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    send('message.delta', { message_id: 'm', offset, text: piece });
    offset += piece.length;
    if (said.text.includes('break') && offset > 30) return response.destroy();
  }
  history.push({ message_id: null, seq, role: 'visitor', text: said.text, created_at: new Date().toISOString() });
  history.push({ message_id: null, seq: seq + 1, role: 'agent', text: answer.text, created_at: new Date().toISOString() });
  send('message.completed', { message_id: 'm', seq: seq + 1, ...answer });
  response.end();
}

export function startStub(port = 0) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const origin = request.headers.origin;
    const cors = origin ? { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' } : {};
    const parts = url.pathname.split('/').filter(Boolean);
    try {
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { ...cors, 'Access-Control-Allow-Headers': 'content-type, authorization', 'Access-Control-Allow-Methods': 'GET, POST' });
        return response.end();
      }
      if (url.pathname === '/widget/v1/sessions') {
        const asked = await bodyOf(request);
        if (!origin || new URL(origin).hostname !== 'localhost' || asked.widget_key?.startsWith('pk_') !== true) return refuse(response, 403, 'origin_not_allowed');
        const id = asked.resume_token?.slice(3) ?? crypto.randomUUID();
        response.writeHead(200, { 'Content-Type': 'application/json', ...cors });
        const config = { agent_name: 'Pine', greeting_message: 'Hello! I answer questions about orders, shipping and returns.', avatar_emoji: '🌲', tagline: '', language: '', primary_color: '#1f5a46', theme: 'auto', position: 'bottom-right' };
        return response.end(JSON.stringify({ session_token: `wt_${id}`, resume_token: `wr_${id}`, config, conversation: { id }, seq: histories.get(id)?.length ?? 0 }));
      }
      if (parts[2] === 'conversations') {
        if (request.headers.authorization !== `Bearer wt_${parts[3]}`) return refuse(response, 401, 'token_invalid', cors);
        if (request.method === 'POST') return await stream(response, parts[3], await bodyOf(request), cors);
        response.writeHead(200, { 'Content-Type': 'application/json', ...cors });
        return response.end(JSON.stringify({ messages: histories.get(parts[3]) ?? [], has_more: false }));
      }
      const file = parts[0] === 'demo' ? join(root, 'examples/shop', parts[1] ?? 'index.html') : join(root, 'web/dist/widget', parts[2] ?? '');
      let bytes = await readFile(file);
      if (parts.length === 1) bytes = Buffer.from(bytes.toString().replace('{{widget_key}}', url.searchParams.get('key') ?? ''));
      response.writeHead(200, { 'Content-Type': `${types[file.split('.').pop()]}; charset=utf-8`, ...(parts.length === 1 ? { 'Content-Security-Policy': policy } : {}) });
      response.end(bytes);
    } catch (error) {
      if (!response.headersSent) refuse(response, 404, 'not_found');
      else response.destroy(error);
    }
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ port: server.address().port, stop: () => server.close() })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { port } = await startStub(Number(process.argv[2] ?? 8099));
  console.log(`http://localhost:${port}/demo?key=pk_demo_demo_demo_demo`);
}
