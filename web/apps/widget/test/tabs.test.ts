import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FedStream, ManualClock, settled } from '@guildhall/testing';
import { Follower } from '@guildhall/sse';
import { Tabs } from '../src/tabs';

/** One browser: locks by name, channels by name. */
class Browser {
  readonly clock = new ManualClock();
  opened = 0;
  streams: FedStream[] = [];
  private readonly channels = new Set<FakeChannel>();
  private readonly queues = new Map<string, (() => Promise<void>)[]>();

  constructor() {
    const channels = this.channels;
    const channel = class extends FakeChannel {
      constructor(name: string) {
        super(name, channels);
      }
    };
    Object.defineProperty(globalThis, 'BroadcastChannel', { value: channel, configurable: true, writable: true });
    Object.defineProperty(globalThis, 'navigator', { value: { locks: { request: this.request } }, configurable: true, writable: true });
  }

  /** Grants in the order of asking, as the browser does. */
  private readonly request = (name: string, { signal }: { signal: AbortSignal }, run: () => Promise<void> | undefined): Promise<void> => {
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const turn = async (): Promise<void> => {
        await run();
        queue.shift();
        resolve();
        void queue[0]?.();
      };
      signal.addEventListener('abort', () => {
        const at = queue.indexOf(turn);
        if (at > 0) queue.splice(at, 1);
        reject(new Error('aborted'));
      });
      queue.push(turn);
      if (queue.length === 1) void Promise.resolve().then(turn);
    });
  };

  tab(tip: () => number = () => 0): Tab {
    return new Tab(this, tip);
  }
}

class FakeChannel {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  constructor(
    readonly name: string,
    private readonly all: Set<FakeChannel>,
  ) {
    all.add(this);
  }
  postMessage(data: unknown): void {
    const copy = structuredClone(data);
    for (const other of this.all) if (other !== this && other.name === this.name) queueMicrotask(() => this.all.has(other) && other.onmessage?.({ data: copy }));
  }
  close(): void {
    this.all.delete(this);
  }
}

class Tab {
  readonly events: string[] = [];
  readonly connected: boolean[] = [];
  behind = 0;
  snapshot = '';
  readonly tabs: Tabs;

  constructor(browser: Browser, tip: () => number) {
    const follower = new Follower({
      open: async () => {
        browser.opened += 1;
        const stream = new FedStream();
        browser.streams.push(stream);
        return stream.response;
      },
      onEvent: (event) => this.tabs.heard(event),
      onConnected: (isConnected) => this.tabs.connected(isConnected),
      onRefused: () => undefined,
      isFinal: () => false,
      clock: browser.clock,
    });
    this.tabs = new Tabs({
      follower,
      onEvent: (event) => this.events.push(event.data),
      onConnected: (isConnected) => this.connected.push(isConnected),
      tip,
      snapshot: () => (this.snapshot === '' ? null : { event: 'message.snapshot', id: '', data: this.snapshot }),
      onBehind: () => (this.behind += 1),
      clock: browser.clock,
    });
  }
}

test('one tab follows, all hear it, and the next follows when the first goes', async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  one.tabs.start('c');
  two.tabs.start('c');
  await settled();
  assert.equal(browser.opened, 1);
  await browser.streams[0]?.send('typing', 'x');
  assert.deepEqual([one.events, two.events], [['"x"'], ['"x"']]);
  assert.ok(two.connected.includes(true));
  one.tabs.stop();
  await settled();
  assert.equal(browser.opened, 2);
  await browser.streams[1]?.send('typing', 'y');
  assert.deepEqual(two.events, ['"x"', '"y"']);
  assert.deepEqual(one.events, ['"x"']);
  two.tabs.stop();
  await settled();
  assert.equal(browser.clock.waiting, 0);
});

test('a tab that comes in the middle of an answer gets what was written, and asks for the entries it lacks', async () => {
  const browser = new Browser();
  const one = browser.tab(() => 7);
  one.tabs.start('c');
  await settled();
  one.snapshot = '{"text":"half"}';
  const two = browser.tab(() => 5);
  two.tabs.start('c');
  await settled();
  assert.deepEqual(two.events, ['{"text":"half"}']);
  assert.equal(two.behind, 1);
  assert.equal(one.behind, 0);
  one.tabs.stop();
  two.tabs.stop();
});

test('a tab to which nothing is handed on any more follows a stream of its own', async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  one.tabs.start('c');
  two.tabs.start('c');
  await settled();
  await browser.clock.advance(30_000);
  await browser.streams[0]?.send('ping', {});
  await browser.clock.advance(34_000);
  assert.equal(browser.opened, 1);
  // The first tab is frozen: it neither hears nor hands on.
  one.tabs.heard = () => undefined;
  one.tabs.connected = () => undefined;
  await browser.clock.advance(6_000);
  assert.ok(browser.opened >= 2);
  one.tabs.stop();
  two.tabs.stop();
});

test('another conversation is another stream', async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  one.tabs.start('c');
  two.tabs.start('d');
  await settled();
  assert.equal(browser.opened, 2);
  two.tabs.start('c');
  await settled();
  assert.ok(browser.streams[1]?.isCancelled);
  assert.equal(browser.opened, 2);
  one.tabs.stop();
  two.tabs.stop();
});
