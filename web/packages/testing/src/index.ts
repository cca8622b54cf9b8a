// What tests of pages stand on: time that moves when told, and streams fed by hand.
import type { Clock } from '@guildhall/sse';

/** Lets every promise that can settle now do so. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; ++i) await new Promise<void>((resolve) => setImmediate(resolve));
}

export class ManualClock implements Clock {
  private time = 1_700_000_000_000;
  private timers: { at: number; run: () => void }[] = [];
  chance = 1;

  now(): number {
    return this.time;
  }
  later(run: () => void, ms: number): unknown {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return timer;
  }
  forget(timer: unknown): void {
    this.timers = this.timers.filter((known) => known !== timer);
  }
  random(): number {
    return this.chance;
  }
  get waiting(): number {
    return this.timers.length;
  }

  /** Moves on by `ms`, running what falls due in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      this.forget(next);
      next.run();
      await settled();
    }
    this.time = end;
    await settled();
  }
}

/** A response whose body arrives when the test says so. */
export class FedStream {
  readonly response: Response;
  isCancelled = false;
  private feedTo!: ReadableStreamDefaultController<Uint8Array>;

  constructor() {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.feedTo = controller;
      },
      cancel: () => {
        this.isCancelled = true;
      },
    });
    this.response = new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  async send(event: string, data: unknown, id?: number): Promise<void> {
    await this.bytes(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  async bytes(text: string): Promise<void> {
    this.feedTo.enqueue(new TextEncoder().encode(text));
    await settled();
  }
  async end(): Promise<void> {
    this.feedTo.close();
    await settled();
  }
  async breakOff(): Promise<void> {
    this.feedTo.error(new TypeError('connection reset'));
    await settled();
  }
}
