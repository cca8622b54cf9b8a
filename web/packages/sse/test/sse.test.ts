import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SseReader, type SseEvent } from '../src/index';

const stream = ': hello\r\nid: 4\r\nevent: message.delta\r\ndata: {"text":"Grüße"}\r\n\r\ndata: one\ndata: two\n\nevent: lost\n\n';
const expected: SseEvent[] = [
  { event: 'message.delta', data: '{"text":"Grüße"}', id: '4' },
  { event: 'message', data: 'one\ntwo', id: '4' },
];

test('events are the same wherever the stream is cut', () => {
  for (let size = 1; size <= stream.length; ++size) {
    const reader = new SseReader();
    const events: SseEvent[] = [];
    for (let at = 0; at < stream.length; at += size) events.push(...reader.feed(stream.slice(at, at + size)));
    assert.deepEqual(events, expected, `cut every ${size} characters`);
  }
});

test('an event without its blank line is not an event', () => {
  assert.deepEqual(new SseReader().feed('event: message.completed\ndata: {}\n'), []);
});
