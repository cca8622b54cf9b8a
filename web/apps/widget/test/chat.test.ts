import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENCE_MS_MAX } from '@guildhall/sse';
import { answerOf, refused, settled, World } from './world';

test('a message is posted once and everything else comes over the stream', async () => {
  const world = new World();
  world.hears();
  const chat = world.chat(answerOf('c1'));
  chat.setOpen(true);
  await settled();
  const sent = chat.send('Hallo');
  assert.equal(await sent, true);
  const [post] = world.asks('POST', 'messages');
  assert.equal(post?.authorization, 'Bearer wt_c1');
  assert.equal(post?.body['text'], 'Hallo');
  assert.equal(post?.body['locale'], 'de');
  assert.equal(post?.body['page_url'], 'https://shop.example/tents');
  const clientId = String(post?.body['client_id']);
  await world.stream.send('message.created', { seq: 1, message_id: 'm1', role: 'visitor', client_id: clientId, text: 'Hallo' }, 1);
  assert.ok(chat.conversation.isAnswering);
  await world.stream.send('message.delta', { message_id: 'm2', offset: 0, text: 'Grü' });
  await world.stream.send('message.delta', { message_id: 'm2', offset: 3, text: 'ße' });
  assert.equal(chat.conversation.partial?.text, 'Grüße');
  await world.stream.send('message.completed', { seq: 2, message_id: 'm2', role: 'agent', text: 'Grüße!', outcome: 'answer', citations: [] }, 2);
  assert.deepEqual(chat.conversation.messages.map(({ role, text }) => [role, text]), [['visitor', 'Hallo'], ['agent', 'Grüße!']]);
  assert.deepEqual(world.arrivals, ['Grüße!']);
  assert.equal(world.asks('POST', 'messages').length, 1);
  assert.deepEqual(world.asks('POST', 'read').map(({ body }) => body['through']), [2]);
  chat.destroy();
});

test('a server that is away gets every message later, once, in order, under its own client id', async () => {
  const world = new World();
  world.answers.delete('GET events');
  const chat = world.chat(answerOf('c1'));
  void chat.send('one');
  void chat.send('two');
  await settled();
  assert.deepEqual(chat.conversation.messages.map(({ text, delivery }) => [text, delivery]), [['one', 'unsent'], ['two', 'sending']]);
  await world.clock.advance(5_000);
  world.hears();
  await world.clock.advance(30_000);
  assert.deepEqual(chat.conversation.messages.map(({ seq, text, delivery }) => [seq, text, delivery]), [[1, 'one', 'sent'], [2, 'two', 'sent']]);
  const ids = new Set(world.asks('POST', 'messages').map(({ body }) => `${String(body['text'])} ${String(body['client_id'])}`));
  assert.equal(ids.size, 2);
  assert.equal(world.shelf.getItem('guildhall:pk_1:unsent'), null);
  chat.destroy();
});

test('an answer that was lost on its way back doubles nothing', async () => {
  const world = new World();
  world.hears();
  const honest = world.answers.get('POST messages');
  let isLost = true;
  world.answers.set('POST messages', () => {
    const answer = honest?.() as Response;
    if (!isLost) return answer;
    isLost = false;
    throw new TypeError('reset');
  });
  const chat = world.chat(answerOf('c1'));
  void chat.send('one');
  await settled();
  const clientId = world.asks('POST', 'messages')[0]?.body['client_id'];
  // The stream tells it first: nothing is left to send.
  await world.stream.send('message.created', { seq: 1, message_id: 'm1', role: 'visitor', client_id: clientId, text: 'one' }, 1);
  await world.clock.advance(60_000);
  assert.deepEqual(chat.conversation.messages.map(({ seq, delivery }) => [seq, delivery]), [[1, 'sent']]);
  chat.destroy();
});

test('what was not sent survives a reload, and goes out under the same client id', async () => {
  const world = new World();
  world.answers.delete('GET events');
  const before = world.chat(answerOf('c1'));
  void before.send('kept');
  await settled();
  before.destroy();
  world.hears();
  const after = world.chat(answerOf('c1'));
  assert.ok(after.isLive);
  assert.deepEqual(after.conversation.messages.map(({ text }) => text), ['kept']);
  await after.begin();
  await settled();
  assert.deepEqual(after.conversation.messages.map(({ seq, delivery }) => [seq, delivery]), [[1, 'sent']]);
  assert.equal(new Set(world.asks('POST', 'messages').map(({ body }) => body['client_id'])).size, 1);
  after.destroy();
});

test('what another conversation could not send is not said in this one', async () => {
  const world = new World();
  world.shelf.setItem('guildhall:pk_1:unsent', JSON.stringify({ id: 'other', unsent: [['x', 'secret']] }));
  assert.deepEqual(world.chat(answerOf('c1')).conversation.messages, []);
  for (const broken of ['{', '[]', '{"id":"c1","unsent":[1,["a"],["a",2]]}', 'null']) {
    world.shelf.setItem('guildhall:pk_1:unsent', broken);
    assert.deepEqual(world.chat(answerOf('c1')).conversation.messages, [], broken);
  }
});

test('tabs keep what each could not send side by side', async () => {
  const world = new World();
  world.answers.delete('GET events');
  const [one, two] = [world.chat(answerOf('c1')), world.chat(answerOf('c1'))];
  void one.send('from one');
  void two.send('from two');
  await settled();
  const kept = (): string[] => (JSON.parse(world.shelf.getItem('guildhall:pk_1:unsent') ?? '{"unsent":[]}') as { unsent: [string, string][] }).unsent.map(([, text]) => text);
  assert.deepEqual(kept(), ['from one', 'from two']);
  one.discard(one.conversation.messages[0]?.key ?? '');
  assert.deepEqual(kept(), ['from two']);
  one.destroy();
  two.destroy();
});

test('too many messages wait as long as the server says', async () => {
  const world = new World();
  world.answers.set('POST messages', () => refused(429, 'rate_limited', 7));
  const chat = world.chat(answerOf('c1'));
  void chat.send('one');
  await settled();
  await world.clock.advance(6_999);
  assert.equal(world.asks('POST', 'messages').length, 1);
  await world.clock.advance(1);
  assert.equal(world.asks('POST', 'messages').length, 2);
  const [message] = chat.conversation.messages;
  assert.equal(message?.delivery, 'unsent');
  assert.equal(chat.errorOf(message.key)?.retryAfterS, 7);
  chat.destroy();
});

test('a message the server refuses is shown as refused, does not hold up the next, and can be tried again', async () => {
  const world = new World();
  world.hears();
  const hears = world.answers.get('POST messages') as () => Response;
  let isStrict = true;
  world.answers.set('POST messages', () => (isStrict && world.asks('POST', 'messages').pop()?.body['text'] === 'bad' ? refused(422, 'validation_failed') : hears()));
  const chat = world.chat(answerOf('c1'));
  const bad = chat.send('bad');
  const good = chat.send('good');
  assert.equal(await bad, false);
  assert.equal(await good, true);
  assert.deepEqual(chat.conversation.messages.map(({ text, delivery }) => [text, delivery]), [['good', 'sent'], ['bad', 'failed']]);
  const key = chat.conversation.messages[1]?.key ?? '';
  assert.equal(chat.errorOf(key)?.requestId, 'r1');
  isStrict = false;
  chat.retry(key);
  await settled();
  assert.deepEqual(chat.conversation.messages.map(({ delivery }) => delivery), ['sent', 'sent']);
  chat.destroy();
});

test('after a break the stream is asked for what is missing and nothing is shown twice', async () => {
  const world = new World();
  const chat = world.chat(answerOf('c1'));
  chat.setOpen(true);
  await settled();
  await world.stream.send('message.created', { seq: 1, message_id: 'm1', role: 'human', person: 'Ben', text: 'one' }, 1);
  await world.stream.breakOff();
  await world.clock.advance(1_000);
  assert.deepEqual(world.asks('GET', 'events').map(({ path }) => path), ['events?after=0', 'events?after=1']);
  await world.stream.send('message.created', { seq: 1, message_id: 'm1', role: 'human', person: 'Ben', text: 'one' }, 1);
  await world.stream.send('message.created', { seq: 2, message_id: 'm2', role: 'human', person: 'Ben', text: 'two' }, 2);
  assert.deepEqual(world.arrivals, ['one', 'two']);
  chat.destroy();
});

test('behind a proxy that holds the stream back, long polls bring what happens', async () => {
  const world = new World();
  const chat = world.chat(answerOf('c1'));
  chat.setOpen(true);
  await world.clock.advance(SILENCE_MS_MAX);
  assert.deepEqual(world.asks('GET', 'events').map(({ path }) => path), ['events?after=0', 'events?after=0&mode=poll']);
  await world.stream.send('message.created', { seq: 1, message_id: 'm1', role: 'human', person: 'Ben', text: 'hello' }, 1);
  await world.stream.end();
  assert.equal(world.asks('GET', 'events').pop()?.path, 'events?after=1&mode=poll');
  assert.deepEqual(world.arrivals, ['hello']);
  chat.destroy();
});

test('an answer in the middle of which the page was loaded is complete', async () => {
  const world = new World();
  world.answers.set('GET messages', () => Response.json({ messages: [{ event: 'message.created', seq: 1, message_id: 'm1', role: 'visitor', client_id: 'c', text: 'Hi' }], has_more: false }));
  const chat = world.chat(answerOf('c1', 1));
  assert.ok(chat.isLive);
  await chat.begin();
  await settled();
  assert.ok(chat.conversation.isAnswering);
  assert.equal(world.asks('GET', 'events')[0]?.path, 'events?after=1');
  await world.stream.send('message.snapshot', { message_id: 'm2', text: 'The first ha' });
  await world.stream.send('message.delta', { message_id: 'm2', offset: 12, text: 'lf' });
  assert.equal(chat.conversation.partial?.text, 'The first half');
  await world.stream.send('message.completed', { seq: 2, message_id: 'm2', role: 'agent', text: 'The first half and the second.' }, 2);
  assert.equal(chat.conversation.lastSent?.text, 'The first half and the second.');
  chat.destroy();
});

test('a missing piece of an answer is asked for once, as a snapshot', async () => {
  const world = new World();
  const chat = world.chat(answerOf('c1'));
  chat.setOpen(true);
  await settled();
  await world.stream.send('message.delta', { message_id: 'm2', offset: 0, text: 'The ' });
  await world.stream.send('message.delta', { message_id: 'm2', offset: 10, text: 'lost' });
  assert.equal(world.streams.length, 2);
  assert.ok(world.streams[0]?.isCancelled);
  await world.stream.send('message.snapshot', { message_id: 'm2', text: 'The first lost' });
  await world.stream.send('message.delta', { message_id: 'm2', offset: 14, text: ' and found' });
  assert.equal(chat.conversation.partial?.text, 'The first lost and found');
  await world.stream.send('message.delta', { message_id: 'm2', offset: 99, text: 'x' });
  assert.equal(world.streams.length, 2);
  chat.destroy();
});

test('earlier messages come a page at a time', async () => {
  const world = new World();
  const entry = (seq: number): Record<string, unknown> => ({ event: 'message.created', seq, message_id: `m${seq}`, role: 'human', text: String(seq) });
  const page = (from: number, to: number): Response => Response.json({ messages: Array.from({ length: to - from + 1 }, (_, i) => entry(from + i)), has_more: from > 1 });
  world.answers.set('GET messages', () => (world.asks('GET', 'messages').length === 1 ? page(51, 100) : page(1, 50)));
  const chat = world.chat(answerOf('c1', 100));
  await chat.begin();
  assert.equal(chat.hasMore, true);
  await chat.loadOlder();
  assert.deepEqual(world.asks('GET', 'messages').map(({ path }) => path), ['messages', 'messages?before=51']);
  assert.deepEqual(chat.conversation.messages.map(({ seq }) => seq), Array.from({ length: 100 }, (_, i) => i + 1));
  assert.equal(chat.hasMore, false);
  assert.deepEqual(world.arrivals, []);
  chat.destroy();
});

test('without its history the stream tells everything from the beginning', async () => {
  const world = new World();
  const chat = world.chat(answerOf('c1', 9));
  chat.setOpen(true);
  await settled();
  assert.equal(world.asks('GET', 'events')[0]?.path, 'events?after=0');
  chat.destroy();
});

test('nobody follows a conversation that is closed and answered', async () => {
  const world = new World();
  world.isSeen = false;
  world.answers.set('GET messages', () => Response.json({ messages: [{ event: 'message.completed', seq: 2, message_id: 'm2', role: 'agent', text: 'Done' }], has_more: false }));
  const chat = world.chat(answerOf('c1', 2));
  await chat.begin();
  await settled();
  assert.equal(world.asks('GET', 'events').length, 0);
  chat.setOpen(true);
  await settled();
  assert.equal(world.asks('GET', 'events').length, 1);
  chat.setOpen(false);
  await settled();
  assert.ok(world.stream.isCancelled);
  chat.destroy();
});

test('with a person in the conversation the closed launcher counts what was not seen', async () => {
  const world = new World();
  world.isSeen = false;
  world.shelf.setItem('guildhall:pk_1:read', 'c1 1');
  world.answers.set('GET messages', () =>
    Response.json({
      messages: [
        { event: 'message.created', seq: 1, message_id: 'm1', role: 'visitor', text: 'Hi' },
        { event: 'message.created', seq: 2, message_id: 'm2', role: 'human', person: 'Ben', text: 'Yes?' },
      ],
      has_more: false,
    }),
  );
  const chat = world.chat(answerOf('c1', 2, 'human'));
  await chat.begin();
  await settled();
  assert.deepEqual(world.unreads, [1]);
  await world.stream.send('message.created', { seq: 3, message_id: 'm3', role: 'human', person: 'Ben', text: 'Still there?' }, 3);
  assert.deepEqual(world.unreads, [1, 2]);
  world.isSeen = true;
  chat.setOpen(true);
  await settled();
  assert.deepEqual(world.unreads, [1, 2, 0]);
  assert.equal(world.shelf.getItem('guildhall:pk_1:read'), 'c1 3');
  assert.ok(world.emitted.includes('unread {"count":2}'));
  chat.destroy();
});

test('typing is told to people, at most every three seconds', async () => {
  const world = new World();
  world.answers.set('POST typing', () => new Response(null, { status: 204 }));
  const chat = world.chat(answerOf('c1', 0, 'bot'));
  chat.typing();
  assert.equal(world.asks('POST', 'typing').length, 0);
  chat.conversation.state = 'human';
  for (let i = 0; i < 7; ++i) {
    chat.typing();
    await world.clock.advance(1_000);
  }
  assert.equal(world.asks('POST', 'typing').length, 3);
  chat.destroy();
});

test('a person who types is shown for six seconds, or until they have written', async () => {
  const world = new World();
  const chat = world.chat(answerOf('c1', 0, 'human'));
  chat.setOpen(true);
  await settled();
  await world.stream.send('typing', { name: 'Ben' });
  assert.equal(chat.presence.typist, 'Ben');
  await world.clock.advance(6_000);
  assert.equal(chat.presence.typist, null);
  await world.stream.send('typing', { name: '' });
  assert.equal(chat.presence.typist, '');
  await world.stream.send('message.created', { seq: 1, message_id: 'm1', role: 'human', text: 'x' }, 1);
  assert.equal(chat.presence.typist, null);
  chat.destroy();
});

test('asking for a person says so first where nothing was said yet', async () => {
  const world = new World();
  world.hears();
  world.answers.set('POST handover', () => new Response(null, { status: 204 }));
  const chat = world.chat(answerOf('c1'));
  await chat.requestHuman('A person, please.');
  assert.deepEqual(world.asked.filter(({ method }) => method === 'POST').map(({ path }) => path), ['messages', 'handover']);
  await chat.requestHuman('A person, please.');
  assert.equal(world.asks('POST', 'messages').length, 1);
  assert.equal(world.asks('POST', 'handover').length, 2);
  chat.destroy();
});

test('while the visitor waits and looks, their place in the queue is asked for', async () => {
  const world = new World();
  world.answers.set('GET queue', () => Response.json({ state: 'waiting_human', position: 3, available_people: 1, median_wait_seconds: 60 }));
  const chat = world.chat(answerOf('c1', 0, 'bot'));
  chat.setOpen(true);
  await settled();
  await world.stream.send('state', { seq: 1, state: 'waiting_human', epoch: 2 }, 1);
  assert.equal(chat.presence.queue?.position, 3);
  await world.clock.advance(15_000);
  assert.equal(world.asks('GET', 'queue').length, 2);
  await world.stream.send('state', { seq: 2, state: 'human', epoch: 3, person: 'Ben' }, 2);
  assert.equal(chat.presence.queue, null);
  await world.clock.advance(20_000);
  assert.equal(world.asks('GET', 'queue').length, 2);
  assert.deepEqual(world.emitted, ['handover {"state":"waiting_human"}', 'humanJoined {"person":"Ben"}']);
  chat.destroy();
});

test('an expired token is renewed once for all calls, with the resume token', async () => {
  const world = new World();
  world.hears();
  let isExpired = true;
  const hears = world.answers.get('POST messages') as () => Response;
  world.answers.set('POST messages', () => (isExpired ? refused(401, 'token_invalid') : hears()));
  world.answers.set('POST sessions', () => {
    isExpired = false;
    return Response.json({ ...answerOf('c1'), session_token: 'wt_new', resume_token: 'wr_new' });
  });
  const chat = world.chat(answerOf('c1'));
  assert.equal(await chat.send('x'), true);
  assert.equal(world.asks('POST', 'sessions').length, 1);
  assert.equal(world.asks('POST', 'sessions')[0]?.body['resume_token'], 'wr_c1');
  assert.equal(world.asks('POST', 'messages')[1]?.authorization, 'Bearer wt_new');
  assert.equal(world.shelf.getItem('guildhall:pk_1'), 'wr_new');
  chat.destroy();
});

test('a conversation closed for good is followed by another, and the message is said there', async () => {
  const world = new World();
  world.answers.set('POST sessions', () => Response.json(answerOf('c2')));
  let posts = 0;
  world.answers.set('POST messages', () => (++posts === 1 ? refused(409, 'conflict') : Response.json({ message_id: 'm1', seq: 1 }, { status: 202 })));
  const chat = world.chat(answerOf('c1', 0, 'resolved'));
  assert.equal(await chat.send('again'), true);
  assert.equal(chat.conversation.id, 'c2');
  assert.deepEqual(chat.conversation.messages.map(({ text, seq }) => [text, seq]), [['again', 1]]);
  const ids = world.asks('POST', 'messages').map(({ body }) => body['client_id']);
  assert.equal(ids[0], ids[1]);
  chat.destroy();
});

test('a conflict that a new session does not mend is shown, not tried for ever', async () => {
  const world = new World();
  world.answers.set('POST sessions', () => Response.json(answerOf('c1')));
  world.answers.set('POST messages', () => refused(409, 'conflict'));
  const chat = world.chat(answerOf('c1'));
  assert.equal(await chat.send('x'), false);
  assert.equal(world.asks('POST', 'messages').length, 2);
  chat.destroy();
});

test('a new conversation leaves nothing of the old one', async () => {
  const world = new World();
  world.hears();
  world.answers.set('POST sessions', () => Response.json(answerOf('c2')));
  const chat = world.chat(answerOf('c1'));
  chat.setOpen(true);
  await chat.send('old');
  await chat.restart();
  assert.equal(world.asks('POST', 'sessions')[0]?.body['resume_token'], undefined);
  assert.equal(chat.conversation.id, 'c2');
  assert.deepEqual(chat.conversation.messages, []);
  await settled();
  assert.equal(world.asks('GET', 'events').pop()?.path, 'events?after=0');
  chat.destroy();
});

test('a widget that was switched off is asked no more until the visitor writes', async () => {
  const world = new World();
  world.answers.set('GET events', () => refused(403, 'origin_not_allowed'));
  const chat = world.chat(answerOf('c1'));
  chat.setOpen(true);
  await world.clock.advance(300_000);
  assert.equal(world.asks('GET', 'events').length, 1);
  assert.equal(chat.refusal?.code, 'origin_not_allowed');
  chat.destroy();
});

test('after its end a chat asks nothing and waits for nothing', async () => {
  const world = new World();
  world.answers.delete('GET events');
  const chat = world.chat(answerOf('c1', 0, 'waiting_human'));
  chat.setOpen(true);
  void chat.send('x');
  await settled();
  chat.destroy();
  await settled();
  const count = world.asked.length;
  await world.clock.advance(300_000);
  assert.equal(world.asked.length, count);
  assert.equal(world.clock.waiting, 0);
});
