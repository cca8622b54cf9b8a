import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversation, type EventData } from '../src/conversation';

const log: [string, EventData][] = [
  ['message.created', { seq: 1, message_id: 'm1', role: 'visitor', client_id: 'c1', text: 'Hi' }],
  ['message.completed', { seq: 2, message_id: 'm2', role: 'agent', text: 'Hello 🎒', outcome: 'answer', citations: [], suggestions: ['More?'], offers_person: true }],
  ['feedback', { seq: 3, message_id: 'm2', value: -1 }],
  ['state', { seq: 4, state: 'waiting_human', epoch: 2 }],
  ['message.created', { seq: 5, message_id: 'm5', role: 'platform', text: 'Wait' }],
  ['state', { seq: 7, state: 'human', epoch: 3, person: 'Ben' }],
  ['message.created', { seq: 8, message_id: 'm8', role: 'human', person: 'Ben', text: 'Yes?' }],
  ['feedback', { seq: 9, message_id: 'm2', value: 1 }],
  ['rating', { seq: 10, rating: 4 }],
  ['rating', { seq: 11, rating: 5 }],
];

function shown(conversation: Conversation): unknown {
  const { state, epoch, person, rating, seq, messages } = conversation;
  return { state, epoch, person, rating, seq, messages: messages.map(({ seq: n, role, text, value }) => `${n} ${role} ${text} ${value}`) };
}

test('state is rebuilt from the numbers, in any order and with any repeats', () => {
  const straight = new Conversation('c');
  for (const [event, data] of log) straight.apply(event, data);
  assert.deepEqual(shown(straight), {
    state: 'human',
    epoch: 3,
    person: 'Ben',
    rating: 5,
    seq: 11,
    messages: ['1 visitor Hi 0', '2 agent Hello 🎒 1', '5 platform Wait 0', '8 human Yes? 0'],
  });
  for (let turn = 0; turn < log.length; ++turn) {
    const mixed = new Conversation('c');
    const order = [...log.slice(turn), ...log.slice(0, turn), ...[...log].reverse()];
    for (const [event, data] of order) mixed.apply(event, data);
    assert.deepEqual(shown(mixed), shown(straight), `begun with entry ${turn}`);
  }
});

test('what the session already told is not undone by older pages of the log', () => {
  const conversation = new Conversation('c', 'resolved', 5, '', 12);
  for (const [event, data] of log) conversation.apply(event, data);
  assert.equal(conversation.state, 'resolved');
  assert.equal(conversation.epoch, 5);
  conversation.apply('state', { seq: 13, state: 'bot', epoch: 6 });
  assert.equal(conversation.state, 'bot');
});

test('the own message is recognised by its client id, whichever comes first, answer or event', () => {
  for (const isAnswerFirst of [true, false]) {
    const conversation = new Conversation('c');
    conversation.addOwn('c1', 'Hi', '');
    const event = (): unknown => conversation.apply('message.created', { seq: 1, message_id: 'm1', role: 'visitor', client_id: 'c1', text: 'Hi' });
    if (isAnswerFirst) conversation.acknowledge('c1', 'm1', 1);
    event();
    if (!isAnswerFirst) conversation.acknowledge('c1', 'm1', 1);
    assert.deepEqual(conversation.messages.map(({ id, seq, delivery }) => [id, seq, delivery]), [['m1', 1, 'sent']]);
    assert.equal(conversation.seq, 1);
  }
});

test('an answer to the post does not hide entries before it', () => {
  const conversation = new Conversation('c');
  conversation.addOwn('c1', 'Hi', '');
  conversation.acknowledge('c1', 'm3', 3);
  assert.equal(conversation.seq, 0);
});

test('messages stand in the order of their numbers, unsent ones last as they were written', () => {
  const conversation = new Conversation('c');
  conversation.addOwn('c1', 'one', '');
  conversation.addOwn('c2', 'two', '');
  conversation.apply('message.completed', { seq: 2, message_id: 'm2', role: 'agent', text: 'answer' });
  assert.deepEqual(conversation.messages.map((message) => message.text), ['answer', 'one', 'two']);
  conversation.acknowledge('c1', 'm1', 1);
  assert.deepEqual(conversation.messages.map((message) => message.text), ['one', 'answer', 'two']);
});

test('a piece applies only where the text held ends, in UTF-16 code units', () => {
  const conversation = new Conversation('c');
  assert.ok(conversation.addDelta('m', 0, 'a🎒'));
  assert.ok(conversation.addDelta('m', 3, 'b'));
  assert.equal(conversation.partial?.text, 'a🎒b');
  assert.equal(conversation.addDelta('m', 9, 'lost'), false);
  assert.equal(conversation.addDelta('m', 4, 'late'), false);
  assert.equal(conversation.partial?.text, 'a🎒b');
});

test('a snapshot mends what a lost piece broke; a piece it already held changes nothing', () => {
  const conversation = new Conversation('c');
  conversation.addDelta('m', 5, 'lost');
  conversation.setSnapshot('m', 'all of it');
  assert.ok(conversation.addDelta('m', 4, 'of'));
  assert.ok(conversation.addDelta('m', 9, '!'));
  assert.equal(conversation.partial?.text, 'all of it!');
  conversation.setSnapshot('m', 'all');
  assert.equal(conversation.partial?.text, 'all of it!');
});

test('the completed message replaces what was streamed', () => {
  const conversation = new Conversation('c');
  conversation.apply('message.created', { seq: 1, message_id: 'm1', role: 'visitor', text: 'Hi' });
  assert.ok(conversation.isAnswering);
  conversation.addDelta('m2', 0, 'half');
  conversation.apply('message.completed', { seq: 2, message_id: 'm2', role: 'agent', text: 'the whole' });
  assert.equal(conversation.partial, null);
  assert.equal(conversation.isAnswering, false);
  assert.equal(conversation.lastSent?.text, 'the whole');
});

test('what the agent was writing goes when a person has the word, and late pieces of it are not shown', () => {
  for (const [event, data] of [
    ['state', { seq: 2, state: 'waiting_human', epoch: 2 }],
    ['message.superseded', { seq: 2, message_id: 'm2' }],
  ] as [string, EventData][]) {
    const conversation = new Conversation('c');
    conversation.apply('message.created', { seq: 1, message_id: 'm1', role: 'visitor', text: 'Hi' });
    conversation.addDelta('m2', 0, 'half');
    conversation.apply(event, data);
    assert.equal(conversation.partial, null);
    assert.equal(conversation.addDelta('m2', 4, ' more'), false);
    conversation.setSnapshot('m2', 'half more');
    assert.equal(conversation.partial, null);
  }
});

test('entries of kinds this page does not know, and without a number, are passed over', () => {
  const conversation = new Conversation('c');
  assert.equal(conversation.apply('form', { seq: 1 }), null);
  assert.equal(conversation.apply('message.created', { text: 'x' }), null);
  assert.equal(conversation.apply('message.completed', { seq: -1, text: 'x' }), null);
  assert.equal(conversation.apply('message.completed', { seq: 2, message_id: 7, role: 'agent', text: null, citations: 'none', suggestions: [1, 'a'] })?.kind, 'message');
  assert.deepEqual(conversation.messages.map(({ text, citations, suggestions }) => [text, citations, suggestions]), [['', [], ['a']]]);
  assert.equal(conversation.seq, 2);
});
