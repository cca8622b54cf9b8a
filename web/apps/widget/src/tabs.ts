// Several tabs on one conversation share one stream: whoever holds the lock follows it and hands on what comes. Where the browser
// has no locks or channels, and where nothing is handed on any more, a tab follows its own.
import { SILENCE_MS_MAX, type Clock, type Follower, type SseEvent } from '@guildhall/sse';

/** Longer than a follower takes to notice silence itself. */
const RELAY_SILENCE_MS_MAX = SILENCE_MS_MAX + 5_000;

interface Relayed {
  event?: SseEvent;
  isConnected?: boolean;
  /** Number of the newest entry the leader knows. */
  tip?: number;
  hello?: true;
}

export interface TabsOptions {
  follower: Follower;
  onEvent(event: SseEvent): void;
  onConnected(isConnected: boolean): void;
  tip(): number;
  /** The text being written, for a tab that comes in the middle of it. */
  snapshot(): SseEvent | null;
  /** This tab has missed entries: it has to ask for them. */
  onBehind(): void;
  clock: Clock;
}

export class Tabs {
  private channel: BroadcastChannel | null = null;
  private waiting: AbortController | null = null;
  private release: (() => void) | null = null;
  private watchdog: unknown = null;
  private name = '';
  private isConnected = false;

  constructor(private readonly options: TabsOptions) {}

  start(name: string): void {
    if (this.name === name) return;
    this.stop();
    this.name = name;
    if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') {
      this.options.follower.start();
      return;
    }
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (message: MessageEvent<Relayed>) => this.receive(message.data);
    const waiting = (this.waiting = new AbortController());
    navigator.locks.request(name, { signal: waiting.signal }, () => (waiting.signal.aborted ? undefined : this.lead())).catch(() => undefined);
    this.channel.postMessage({ hello: true } satisfies Relayed);
    this.watch();
  }

  stop(): void {
    this.name = '';
    this.waiting?.abort();
    this.release?.();
    this.release = null;
    this.options.clock.forget(this.watchdog);
    this.channel?.close();
    this.channel = null;
    this.options.follower.stop();
  }

  /** A piece is missing: whoever follows begins anew, or hands on what they hold. */
  refresh(): void {
    if (this.options.follower.isRunning) this.options.follower.restart();
    else this.channel?.postMessage({ hello: true } satisfies Relayed);
  }

  /** What the own stream said. */
  heard(event: SseEvent): void {
    this.options.onEvent(event);
    if (this.release) this.channel?.postMessage({ event, tip: this.options.tip() } satisfies Relayed);
  }
  connected(isConnected: boolean): void {
    this.isConnected = isConnected;
    this.options.onConnected(isConnected);
    if (this.release) this.channel?.postMessage({ isConnected, tip: this.options.tip() } satisfies Relayed);
  }

  private lead(): Promise<void> {
    this.options.clock.forget(this.watchdog);
    const held = new Promise<void>((resolve) => (this.release = resolve));
    this.options.follower.start();
    return held;
  }

  private receive(relayed: Relayed): void {
    const { follower, clock, onEvent, onConnected, onBehind, snapshot, tip } = this.options;
    if (relayed.hello) {
      if (!this.release) return;
      const event = snapshot();
      this.channel?.postMessage({ tip: tip(), isConnected: this.isConnected, ...(event ? { event } : {}) } satisfies Relayed);
      return;
    }
    if (follower.isRunning) return;
    clock.forget(this.watchdog);
    this.watch();
    if (relayed.event) onEvent(relayed.event);
    onConnected(relayed.isConnected ?? true);
    if ((relayed.tip ?? 0) > tip()) onBehind();
  }

  private watch(): void {
    this.watchdog = this.options.clock.later(() => this.options.follower.start(), RELAY_SILENCE_MS_MAX);
  }
}
