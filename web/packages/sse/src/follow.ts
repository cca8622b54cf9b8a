// Follows a stream for as long as it is wanted (contracts/support-partner.md §4.4, §4.5): reconnects with full jitter, and polls
// while something between page and server holds the stream back.
import { SseReader, type SseEvent } from './reader';

export const SILENCE_MS_MAX = 35_000;
export const RECONNECT_MS_MAX = 30_000;
/** How long a silent way is left to polling before a stream is tried on it again. */
export const STREAM_AGAIN_MS = 60_000;
const BUSY_POLL_MS = 1_000;

/** Time and chance, so that tests own both. */
export interface Clock {
  now(): number;
  later(run: () => void, ms: number): unknown;
  forget(timer: unknown): void;
  random(): number;
}

export const realClock: Clock = {
  now: () => Date.now(),
  later: (run, ms) => setTimeout(run, ms),
  forget: (timer) => clearTimeout(timer as number),
  random: () => Math.random(),
};

/** Anything up to 1, 2, 4 … 30 s, so that the pages a server lost do not all come back at once. */
export function backoffMs(tries: number, random: number): number {
  return random * Math.min(RECONNECT_MS_MAX, 1_000 * 2 ** Math.min(tries, 10));
}

export interface FollowOptions {
  /** A fresh request for everything the page does not have yet; rejects when the server refuses or is not reached. */
  open(isPoll: boolean, signal: AbortSignal): Promise<Response>;
  onEvent(event: SseEvent): void;
  /** Whether what happens there arrives here. */
  onConnected(isConnected: boolean): void;
  /** A refusal that repeating does not change: ends the following. */
  onRefused(error: unknown): void;
  isFinal(error: unknown): boolean;
  clock: Clock;
}

/** Lives as long as its page; stop() ends every request and timer, start() begins again. */
export class Follower {
  private isWanted = false;
  private isConnected = false;
  private streaming: AbortController | null = null;
  private polling: AbortController | null = null;
  private retry: unknown = null;
  private tries = 0;

  constructor(private readonly options: FollowOptions) {}

  get isRunning(): boolean {
    return this.isWanted;
  }

  start(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    this.tries = 0;
    void this.stream();
  }

  stop(): void {
    this.isWanted = false;
    this.clearRetry();
    this.streaming?.abort();
    this.streaming = null;
    this.stopPolling();
    this.setConnected(false);
  }

  /** Tries at once what would be tried later: the network is back, or somebody acts. */
  wake(): void {
    if (!this.isWanted || this.streaming) return;
    this.clearRetry();
    void this.stream();
  }

  /** Begins the stream anew: something of it is missing. */
  restart(): void {
    if (!this.isWanted) return;
    this.streaming?.abort();
    this.streaming = null;
    this.wake();
  }

  private async stream(): Promise<void> {
    const abort = (this.streaming = new AbortController());
    const isCurrent = (): boolean => this.streaming === abort;
    let wasSilent = false;
    let wasAlive = false;
    let failure: unknown = null;
    const { clock } = this.options;
    const watch = (): unknown =>
      clock.later(() => {
        wasSilent = true;
        abort.abort();
      }, SILENCE_MS_MAX);
    let watchdog = watch();
    try {
      await this.read(await this.options.open(false, abort.signal), abort.signal, () => {
        if (!isCurrent()) return;
        clock.forget(watchdog);
        watchdog = watch();
        wasAlive = true;
        this.tries = 0;
        this.stopPolling();
        this.setConnected(true);
      });
    } catch (error) {
      failure = error;
    }
    clock.forget(watchdog);
    if (!isCurrent()) return;
    this.streaming = null;
    if (wasSilent) {
      this.startPolling();
      this.retryIn(wasAlive ? 0 : STREAM_AGAIN_MS);
    } else if (failure !== null && this.options.isFinal(failure)) {
      this.refuse(failure);
    } else {
      if (!this.polling) this.setConnected(false);
      this.retryIn(backoffMs(this.tries++, clock.random()));
    }
  }

  private startPolling(): void {
    if (this.polling) return;
    const abort = (this.polling = new AbortController());
    void this.poll(abort);
  }

  private stopPolling(): void {
    this.polling?.abort();
    this.polling = null;
  }

  private async poll(abort: AbortController): Promise<void> {
    const { clock } = this.options;
    for (let tries = 0; this.polling === abort; ) {
      const began = clock.now();
      let count = 0;
      const one = new AbortController();
      const end = (): void => one.abort();
      abort.signal.addEventListener('abort', end);
      const watchdog = clock.later(end, SILENCE_MS_MAX);
      let failure: unknown = null;
      try {
        await this.read(await this.options.open(true, one.signal), one.signal, (events) => (count += events));
      } catch (error) {
        failure = error;
      }
      clock.forget(watchdog);
      abort.signal.removeEventListener('abort', end);
      if (this.polling !== abort) return;
      if (failure !== null && this.options.isFinal(failure)) return this.refuse(failure);
      this.setConnected(failure === null);
      // A server that answers at once with nothing would be asked without end.
      const isIdle = failure === null && (count > 0 || clock.now() - began > BUSY_POLL_MS);
      tries = isIdle ? 0 : tries + 1;
      if (!isIdle) await new Promise<void>((resolve) => clock.later(resolve, Math.max(BUSY_POLL_MS / 2, backoffMs(tries, clock.random()))));
    }
  }

  /** Reads to the end; `onBytes` hears of every arrival before its events are told. */
  private async read(response: Response, signal: AbortSignal, onBytes: (events: number) => void): Promise<void> {
    const reader = new SseReader();
    const decoder = new TextDecoder();
    const body = response.body?.getReader();
    if (!body) throw new Error('a stream without a body');
    const cancel = (): void => void body.cancel().catch(() => undefined);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    for (;;) {
      const { done, value } = await body.read();
      if (signal.aborted) return;
      if (done) return;
      const events = reader.feed(decoder.decode(value, { stream: true }));
      onBytes(events.length);
      for (const event of events) this.options.onEvent(event);
    }
  }

  private refuse(error: unknown): void {
    this.stop();
    this.options.onRefused(error);
  }

  private setConnected(isConnected: boolean): void {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    this.options.onConnected(isConnected);
  }

  private retryIn(ms: number): void {
    this.clearRetry();
    this.retry = this.options.clock.later(() => {
      this.retry = null;
      if (this.isWanted && !this.streaming) void this.stream();
    }, ms);
  }

  private clearRetry(): void {
    this.options.clock.forget(this.retry);
    this.retry = null;
  }
}
