import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FedStream, ManualClock, settled } from '@guildhall/testing';
import { backoffMs, Follower, RECONNECT_MS_MAX, SILENCE_MS_MAX, STREAM_AGAIN_MS } from '../src/index';

interface World {
  clock: ManualClock;
  follower: Follower;
  asked: { isPoll: boolean; signal: AbortSignal }[];
  events: string[];
  connected: boolean[];
  refused: unknown[];
  answer: (isPoll: boolean) => FedStream | Error;
}

function world(answer: World['answer']): World {
  const clock = new ManualClock();
  const made: Omit<World, 'follower'> = { clock, asked: [], events: [], connected: [], refused: [], answer };
  const follower = new Follower({
    open: async (isPoll, signal) => {
      made.asked.push({ isPoll, signal });
      const given = made.answer(isPoll);
      if (given instanceof Error) throw given;
      return given.response;
    },
    onEvent: (event) => made.events.push(`${event.event} ${event.data}`),
    onConnected: (isConnected) => made.connected.push(isConnected),
    onRefused: (error) => made.refused.push(error),
    isFinal: (error) => error instanceof RangeError,
    clock,
  });
  return Object.assign(made, { follower });
}

test('the wait before a new connection doubles to thirty seconds and is anything up to that', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 99].map((tries) => backoffMs(tries, 1)), [1, 2, 4, 8, 16, 30, 30, 30].map((s) => s * 1_000));
  assert.equal(backoffMs(5, 0), 0);
  assert.equal(backoffMs(5, 0.5), RECONNECT_MS_MAX / 2);
});

test('events are told as they come, wherever the bytes are cut', async () => {
  const stream = new FedStream();
  const { follower, events, connected } = world(() => stream);
  follower.start();
  await settled();
  assert.deepEqual(connected, []);
  await stream.bytes('event: a\nda');
  assert.deepEqual(connected, [true]);
  await stream.bytes('ta: 1\n\n');
  await stream.bytes('event: b\r\ndata: 2\r\n\r\n');
  assert.deepEqual(events, ['a 1', 'b 2']);
  follower.stop();
  await settled();
  assert.ok(stream.isCancelled);
  assert.deepEqual(connected, [true, false]);
});

test('a server that is away is asked after 1, 2, 4 … 30 s', async () => {
  const { follower, asked, clock } = world(() => new TypeError('unreachable'));
  follower.start();
  await settled();
  const waits: number[] = [];
  for (let i = 0; i < 7; ++i) {
    const before = asked.length;
    let waited = 0;
    while (asked.length === before) {
      await clock.advance(500);
      waited += 500;
    }
    waits.push(waited / 1_000);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30]);
  follower.stop();
  assert.equal(clock.waiting, 0);
});

test('a stream that has worked begins the waits anew', async () => {
  let stream = new FedStream();
  const { follower, asked, clock } = world(() => (stream = new FedStream()));
  follower.start();
  await settled();
  for (let i = 0; i < 5; ++i) {
    await stream.send('ping', {});
    await stream.breakOff();
    await clock.advance(1_000);
    assert.equal(asked.length, i + 2);
  }
  follower.stop();
});

test('waking tries at once, and not twice', async () => {
  const { follower, asked } = world(() => new TypeError('unreachable'));
  follower.start();
  await settled();
  follower.wake();
  follower.wake();
  await settled();
  assert.equal(asked.length, 2);
  follower.stop();
  follower.wake();
  await settled();
  assert.equal(asked.length, 2);
});

test('a stream begun anew replaces the one before', async () => {
  const streams: FedStream[] = [];
  const { follower, clock, events } = world(() => {
    const fed = new FedStream();
    streams.push(fed);
    return fed;
  });
  follower.restart();
  assert.equal(streams.length, 0);
  follower.start();
  await settled();
  follower.restart();
  await settled();
  assert.equal(streams[0]?.isCancelled, true);
  await streams[1]?.send('a', 1);
  assert.deepEqual(events, ['a 1']);
  await clock.advance(SILENCE_MS_MAX - 1);
  assert.equal(streams.length, 2);
  follower.stop();
  await settled();
  assert.equal(clock.waiting, 0);
});

test('thirty-five seconds of silence turn to polling until a stream speaks again', async () => {
  const streams: FedStream[] = [];
  const polls: FedStream[] = [];
  const { follower, asked, clock, events, connected } = world((isPoll) => {
    const fed = new FedStream();
    (isPoll ? polls : streams).push(fed);
    return fed;
  });
  follower.start();
  await clock.advance(SILENCE_MS_MAX - 1);
  assert.equal(asked.length, 1);
  await clock.advance(1);
  assert.equal(asked[0]?.signal.aborted, true);
  assert.deepEqual(asked.map(({ isPoll }) => isPoll), [false, true]);
  await polls[0]?.send('message.created', 1);
  await polls[0]?.end();
  assert.deepEqual(connected, [true]);
  assert.equal(polls.length, 2);
  await clock.advance(25_000);
  await polls[1]?.end();
  assert.equal(polls.length, 3);
  await clock.advance(STREAM_AGAIN_MS);
  assert.equal(streams.length, 2);
  await streams[1]?.send('ping', {});
  const last = asked.filter(({ isPoll }) => isPoll).pop();
  assert.equal(last?.signal.aborted, true);
  const pollsSoFar = polls.length;
  await clock.advance(SILENCE_MS_MAX - 1);
  assert.equal(polls.length, pollsSoFar);
  assert.deepEqual(events, ['message.created 1', 'ping {}']);
  follower.stop();
});

test('a stream that fell silent after it had worked is opened again at once, beside the poll', async () => {
  const streams: FedStream[] = [];
  const { follower, clock, asked } = world((isPoll) => {
    const fed = new FedStream();
    if (!isPoll) streams.push(fed);
    return fed;
  });
  follower.start();
  await settled();
  await streams[0]?.send('ping', {});
  await clock.advance(SILENCE_MS_MAX);
  assert.deepEqual(asked.map(({ isPoll }) => isPoll), [false, true, false]);
  follower.stop();
});

test('a poll that is answered at once with nothing waits before the next', async () => {
  const polls: FedStream[] = [];
  const { follower, clock } = world((isPoll) => {
    const fed = new FedStream();
    if (isPoll) {
      polls.push(fed);
      void fed.end();
    }
    return fed;
  });
  follower.start();
  await clock.advance(SILENCE_MS_MAX);
  assert.equal(polls.length, 1);
  await clock.advance(2_000);
  assert.equal(polls.length, 2);
  follower.stop();
});

test('a final refusal ends the following and is told once', async () => {
  const { follower, clock, asked, refused } = world(() => new RangeError('switched off'));
  follower.start();
  await clock.advance(120_000);
  assert.equal(asked.length, 1);
  assert.equal(refused.length, 1);
  assert.equal(follower.isRunning, false);
  assert.equal(clock.waiting, 0);
});
