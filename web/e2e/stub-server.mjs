// Speaks the widget's protocol (docs/contracts/support-partner.md §4.4) with canned answers and without a server, so that a test can
// also play the person, the network and the power cut.
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

const answers = {
  default: {
    text: 'You may send back anything within **60 days of delivery**, without giving a reason. [1]\n\n1. Open **My account → Orders** and click `Return items`.\n2. Print the label, or show the QR code. [2]\n\nMore at [our help pages](https://help.harbourandpine.example/returns).',
    citations: [
      { n: 1, title: 'Returns and refunds', url: null, page: null, heading_path: ['Returns and refunds'], quote: 'You may send back anything within 60 days of delivery, without giving a reason.', language: 'en' },
      { n: 2, title: 'Returns and refunds', url: 'https://help.harbourandpine.example/returns', page: 2, heading_path: ['Returns and refunds', 'How to return an item'], quote: 'Print the label, or show the QR code in the parcel shop if you have no printer.', language: 'en' },
    ],
    suggestions: ['How do I return a kayak?'],
  },
  unknown: { text: 'I found nothing about that in the help pages.', outcome: 'refused', citations: [], suggestions: [], offers_person: true },
  arabic: { text: 'يمكنك إرجاع أي منتج خلال **60 يومًا** من التسليم. [1]', citations: [{ n: 1, title: 'Returns and refunds', url: null, page: null, heading_path: [], quote: 'You may send back anything within 60 days of delivery.', language: 'en' }], suggestions: [] },
};

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The log of one conversation and who reads it. */
class Conversation {
  entries = [];
  readers = new Set();
  state = 'bot';
  epoch = 1;
  person = '';
  partial = null;
  isStopped = false;
  typed = 0;
  read = 0;

  append(event, data) {
    const entry = { event, data: { seq: this.entries.length + 1, created_at: new Date().toISOString(), ...data } };
    this.entries.push(entry);
    for (const reader of [...this.readers]) this.bring(reader);
    return entry;
  }
  bring(reader) {
    for (const { event, data } of this.entries.slice(reader.after)) {
      reader.write(`id: ${data.seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      reader.after = data.seq;
      if (reader.isPoll) reader.isDone = true;
    }
    if (reader.isDone) reader.end();
  }
  tell(event, data) {
    for (const reader of this.readers) reader.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  change(state, person = '') {
    this.state = state;
    this.person = person;
    this.epoch += 1;
    this.append('state', { state, epoch: this.epoch, ...(person ? { person } : {}) });
  }
  platform(text) {
    this.append('message.created', { message_id: crypto.randomUUID(), role: 'platform', text });
  }

  // What a person in the inbox does.
  claim(person) {
    this.change('human', person);
    this.platform(`${person} has joined the conversation.`);
  }
  say(text) {
    this.append('message.created', { message_id: crypto.randomUUID(), role: 'human', person: this.person, text });
  }
  giveBack() {
    this.change('bot');
    this.platform('You are talking to the assistant again.');
  }
  resolve() {
    this.platform('This conversation was closed.');
    this.change('resolved');
  }

  askForPerson(isAfterHours) {
    if (this.state !== 'bot') return;
    this.change('handover_requested');
    this.change('waiting_human');
    this.platform(isAfterHours ? 'Our team is away now and will be back on 2026-11-24T08:00:00Z. Leave your question and how to reach you, and they will answer.' : 'I have asked a person to join. They will answer here.');
  }

  async answer(text, pace) {
    const answer = /[\u0600-\u06ff]/.test(text) ? answers.arabic : /unknown/.test(text) ? answers.unknown : answers.default;
    const { epoch } = this;
    const id = crypto.randomUUID();
    this.isStopped = false;
    await wait(pace * 4);
    this.partial = { message_id: id, text: '' };
    for (const piece of answer.text.match(/[\s\S]{1,12}/gu)) {
      if (this.isStopped || this.epoch !== epoch) break;
      this.tell('message.delta', { message_id: id, offset: this.partial.text.length, text: piece });
      this.partial.text += piece;
      await wait(pace);
    }
    const said = this.partial.text;
    this.partial = null;
    if (this.epoch !== epoch) this.append('message.superseded', { message_id: id });
    else this.append('message.completed', { message_id: id, role: 'agent', outcome: 'answer', ...answer, text: this.isStopped ? said : answer.text });
  }
}

function refuse(response, status, code, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { code, message: code, details: {}, request_id: 'stub-request' } }));
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || '{}');
}

/** `policyOf(page)` gives the policy of `/page/NAME`, whose HTML comes from `pages`. */
export function startStub({ port = 0, pages = {} } = {}) {
  const stub = { pages, conversations: new Map(), pace: 40, isSilent: false, isHanging: false, isAfterHours: false, streams: 0, streamsMax: 0, posts: 0, config: {} };
  const find = (id) => stub.conversations.get(id) ?? stub.conversations.set(id, new Conversation()).get(id);

  function follow(conversation, url, request, response, cors) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', ...cors });
    const isPoll = url.searchParams.get('mode') === 'poll';
    response.flushHeaders();
    if (stub.isSilent && !isPoll) return;
    const reader = { after: Number(url.searchParams.get('after') ?? 0), isPoll, isDone: false, write: (text) => response.write(text), end: () => response.end() };
    conversation.readers.add(reader);
    stub.streams += 1;
    stub.streamsMax = Math.max(stub.streamsMax, stub.streams);
    const pings = setInterval(() => reader.write('event: ping\ndata: {}\n\n'), 15_000);
    response.on('close', () => {
      stub.streams -= 1;
      clearInterval(pings);
      conversation.readers.delete(reader);
    });
    if (conversation.partial) reader.write(`event: message.snapshot\ndata: ${JSON.stringify(conversation.partial)}\n\n`);
    conversation.bring(reader);
    if (isPoll) setTimeout(() => response.end(), 25_000).unref();
  }

  async function act(conversation, [what], request, response, cors) {
    const body = request.method === 'POST' ? await bodyOf(request) : {};
    const done = () => {
      response.writeHead(204, cors);
      response.end();
    };
    if (what === 'messages') {
      stub.posts += 1;
      if (body.text.includes('refuse')) return refuse(response, 422, 'validation_failed', cors);
      let known = conversation.entries.find((entry) => entry.data.client_id === body.client_id);
      if (!known) {
        if (conversation.state === 'resolved') conversation.change('bot');
        known = conversation.append('message.created', { message_id: crypto.randomUUID(), role: 'visitor', client_id: body.client_id, text: body.text });
        if (conversation.state === 'bot') void conversation.answer(body.text, stub.pace);
      }
      response.writeHead(202, { 'Content-Type': 'application/json', ...cors });
      return response.end(JSON.stringify({ message_id: known.data.message_id, seq: known.data.seq }));
    }
    if (conversation.entries.length === 0) return refuse(response, 404, 'not_found', cors);
    if (what === 'stop') conversation.isStopped = true;
    if (what === 'typing') conversation.typed += 1;
    if (what === 'read') conversation.read = Math.max(conversation.read, body.through);
    if (what === 'handover' && request.method === 'POST') conversation.askForPerson(stub.isAfterHours);
    if (what === 'handover' && request.method === 'DELETE') conversation.giveBack();
    if (what === 'feedback') conversation.append('feedback', { message_id: body.message_id, value: body.value });
    if (what === 'rating') conversation.append('rating', { rating: body.rating });
    if (what === 'close') conversation.change('resolved');
    done();
  }

  function look(conversation, what, url, request, response, cors) {
    if (what === 'events') return follow(conversation, url, request, response, cors);
    if (what === 'transcript') {
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', ...cors });
      return response.end(conversation.entries.filter((entry) => entry.data.text).map((entry) => `${entry.data.role}: ${entry.data.text}`).join('\n\n'));
    }
    response.writeHead(200, { 'Content-Type': 'application/json', ...cors });
    if (what === 'queue') return response.end(JSON.stringify({ state: conversation.state, position: 2, available_people: 1, median_wait_seconds: 170 }));
    const before = Number(url.searchParams.get('before') ?? Infinity);
    const all = conversation.entries.filter((entry) => entry.data.seq < before);
    response.end(JSON.stringify({ messages: all.slice(-50).map((entry) => ({ ...entry.data, event: entry.event })), has_more: all.length > 50 }));
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const origin = request.headers.origin;
    const cors = origin ? { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' } : {};
    const parts = url.pathname.split('/').filter(Boolean);
    try {
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { ...cors, 'Access-Control-Allow-Headers': 'content-type, authorization, accept', 'Access-Control-Allow-Methods': 'GET, POST, DELETE' });
        return response.end();
      }
      if (url.pathname === '/widget/v1/sessions') {
        const asked = await bodyOf(request);
        if (stub.isHanging) return;
        if (!origin || new URL(origin).hostname !== 'localhost' || asked.widget_key?.startsWith('pk_') !== true) return refuse(response, 403, 'origin_not_allowed');
        const id = asked.resume_token?.slice(3) ?? crypto.randomUUID();
        const { state, epoch, person, entries } = find(id);
        response.writeHead(200, { 'Content-Type': 'application/json', ...cors });
        const config = { agent_name: 'Pine', greeting_message: 'Hello! I answer questions about orders, shipping and returns.', avatar_emoji: '🌲', tagline: '', language: '', primary_color: '#1f5a46', theme: 'auto', position: 'bottom-right', ...stub.config };
        return response.end(JSON.stringify({ session_token: `wt_${id}`, resume_token: `wr_${id}`, config, conversation: { id, state, epoch, person }, seq: entries.length }));
      }
      if (parts[2] === 'conversations') {
        if (request.headers.authorization !== `Bearer wt_${parts[3]}`) return refuse(response, 401, 'token_invalid', cors);
        const conversation = find(parts[3]);
        if (request.method === 'GET') return look(conversation, parts[4], url, request, response, cors);
        return await act(conversation, parts.slice(4), request, response, cors);
      }
      if (parts[0] === 'page') {
        const page = pages[parts[1]];
        if (!page) return refuse(response, 404, 'not_found');
        response.writeHead(200, { 'Content-Type': `${parts[1].endsWith('.js') ? 'text/javascript' : 'text/html'}; charset=utf-8`, ...(page.policy ? { 'Content-Security-Policy': page.policy } : {}) });
        return response.end(page.html);
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
  const listen = (wanted) => new Promise((resolve) => server.listen(wanted, '127.0.0.1', () => resolve(server.address().port)));
  return listen(port).then((given) =>
    Object.assign(stub, {
      port: given,
      base: `http://localhost:${given}`,
      newest: () => [...stub.conversations.values()].pop(),
      /** Pulls the plug; the log survives, as a database does. */
      down: () => new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
      up: () => listen(given),
      stop: () => {
        server.close();
        server.closeAllConnections();
      },
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { base } = await startStub({ port: Number(process.argv[2] ?? 8099) });
  console.log(`${base}/demo?key=pk_demo_demo_demo_demo`);
}
