import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, StreamedText, type Completed } from '../src/conversation';
import { CallError, Session } from '../src/session';

const completed: Completed = { message_id: 'm2', seq: 2, text: 'Grüße 🎒!', outcome: 'answer', citations: [] };

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A body that arrives in pieces of `size` bytes. */
function streamed(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

interface Asked {
  url: string;
  authorization: string | undefined;
  body: unknown;
}

/** A session whose server gives the answers in turn. */
function sessionAnswering(answers: (() => Response)[]): { session: Session; asked: Asked[] } {
  const asked: Asked[] = [];
  const fake = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const headers = (init.headers ?? {}) as Record<string, string>;
    asked.push({ url: String(url), authorization: headers['Authorization'], body: typeof init.body === 'string' ? JSON.parse(init.body) : null });
    const next = answers.shift();
    if (!next) throw new TypeError('unreachable');
    return next();
  };
  Object.assign(globalThis, { fetch: fake, location: { origin: 'https://shop.example', pathname: '/tents' } });
  const session = new Session({ base: 'https://host/widget/v1/', key: 'pk_1', widgetId: null, locale: 'de', persistence: 'none' });
  return { session, asked };
}

const opened = (token: string) => (): Response =>
  Response.json({ session_token: token, resume_token: `wr_${token}`, config: { agent_name: 'Ada' }, conversation: { id: 'c1' }, seq: 0 });
const refused = (status: number, code: string) => (): Response =>
  Response.json({ error: { code, message: 'no', request_id: 'r1' } }, { status, headers: { 'Retry-After': '7' } });

test('a piece applies only where the text held ends, in UTF-16 code units', () => {
  const text = new StreamedText();
  assert.ok(text.apply(0, 'a🎒'));
  assert.ok(text.apply(3, 'b'));
  assert.equal(text.apply(9, 'lost'), false);
  assert.equal(text.apply(4, 'late'), false);
  assert.equal(text.text, 'a🎒b');
});

test('text is shown as it comes and the completed message replaces it, wherever the bytes are cut', async () => {
  const stream =
    event('message.created', { seq: 1 }) +
    event('message.delta', { message_id: 'm2', offset: 0, text: 'Grüße ' }) +
    event('message.delta', { message_id: 'm2', offset: 6, text: '🎒' }) +
    event('message.completed', completed);
  for (const size of [1, 3, 7, 1000]) {
    const { session, asked } = sessionAnswering([opened('wt_a'), () => streamed(stream, size)]);
    await session.open();
    const seen: string[] = [];
    assert.deepEqual(await ask(session, 'Hallo', 'id-1', (text) => seen.push(text)), completed);
    assert.deepEqual(seen, ['Grüße ', 'Grüße 🎒']);
    assert.equal(asked[1]?.url, 'https://host/widget/v1/conversations/c1/messages');
    assert.equal(asked[1]?.authorization, 'Bearer wt_a');
    assert.deepEqual(asked[1]?.body, { client_id: 'id-1', text: 'Hallo' });
  }
});

test('a stream that breaks before the answer is complete is an error', async () => {
  const { session } = sessionAnswering([opened('wt_a'), () => streamed(event('message.delta', { offset: 0, text: 'half' }), 9)]);
  await session.open();
  await assert.rejects(ask(session, 'x', 'id', () => undefined), (error: unknown) => error instanceof CallError && error.code === 'network');
});

test('an error event carries its code and request id', async () => {
  const { session } = sessionAnswering([opened('wt_a'), () => streamed(event('error', { code: 'run_timeout', message: 'slow', request_id: 'r9' }), 50)]);
  await session.open();
  await assert.rejects(ask(session, 'x', 'id', () => undefined), (error: unknown) => error instanceof CallError && error.code === 'run_timeout' && error.requestId === 'r9');
});

test('an expired token is renewed once with the resume token and the question asked again', async () => {
  const { session, asked } = sessionAnswering([opened('wt_a'), refused(401, 'token_invalid'), opened('wt_b'), () => streamed(event('message.completed', completed), 1000)]);
  await session.open();
  await ask(session, 'x', 'same', () => undefined);
  assert.deepEqual((asked[2]?.body as { resume_token: string }).resume_token, 'wr_wt_a');
  assert.equal(asked[3]?.authorization, 'Bearer wt_b');
  assert.equal((asked[3]?.body as { client_id: string }).client_id, 'same');
});

test('a refusal keeps status, code, request id and how long to wait; the page address is sent without query or fragment', async () => {
  const { session, asked } = sessionAnswering([refused(403, 'origin_not_allowed')]);
  await assert.rejects(session.open(), (error: unknown) => error instanceof CallError && error.status === 403 && error.code === 'origin_not_allowed' && error.requestId === 'r1' && error.retryAfterS === 7);
  assert.deepEqual(asked[0]?.body, { widget_key: 'pk_1', locale: 'de', page_url: 'https://shop.example/tents' });
});

test('a server that is not reached is a network error', async () => {
  const { session } = sessionAnswering([]);
  await assert.rejects(session.open(), (error: unknown) => error instanceof CallError && error.code === 'network' && error.status === 0);
});
