// What the visitor wrote and the server may not have: sent in order, one at a time, again under the same client id until the server
// has answered. Kept where the page may keep things, so that a reload loses nothing; the client id is why nothing is said twice.
import { backoffMs, type Clock } from '@guildhall/sse';
import { CallError } from './session';

export interface Unsent {
  clientId: string;
  text: string;
  /** Refused for good: only the visitor tries again. */
  error: CallError | null;
}

export interface OutboxOptions {
  send(unsent: Unsent): Promise<{ message_id: string; seq: number }>;
  /** The texts kept so far, or none. */
  load(): string | null;
  save(value: string): void;
  onSent(unsent: Unsent, answer: { message_id: string; seq: number }): void;
  /** It waits for another try, or, with an error of its own, for the visitor. */
  onWaiting(unsent: Unsent, failure: CallError): void;
  clock: Clock;
}

const KEPT_MAX = 20;

export class Outbox {
  private readonly items: Unsent[] = [];
  /** Every client id this outbox has had; all others kept belong to other tabs. */
  private readonly own = new Set<string>();
  private isSending = false;
  private tries = 0;
  private timer: unknown = null;
  private isOver = false;

  constructor(private readonly options: OutboxOptions) {}

  /** What an earlier visit could not send. */
  restore(conversation: string): Unsent[] {
    for (const [clientId, text] of this.kept(conversation)) this.put(clientId, text);
    return [...this.items];
  }

  get isEmpty(): boolean {
    return this.items.every((item) => item.error !== null);
  }

  add(conversation: string, clientId: string, text: string): void {
    this.put(clientId, text);
    this.save(conversation);
    this.wake(conversation);
  }

  /** The visitor wants a refused one tried again. */
  retry(conversation: string, clientId: string): void {
    const item = this.items.find((known) => known.clientId === clientId);
    if (item) item.error = null;
    this.wake(conversation);
  }

  remove(conversation: string, clientId: string): void {
    const at = this.items.findIndex((known) => known.clientId === clientId);
    if (at >= 0) this.items.splice(at, 1);
    this.save(conversation);
  }

  /** Tries now: something was written, or the connection is back. */
  wake(conversation: string): void {
    this.options.clock.forget(this.timer);
    this.timer = null;
    if (!this.isSending && !this.isOver) void this.work(conversation);
  }

  /** Sends nothing more; what is unsent stays kept. */
  stop(): void {
    this.isOver = true;
    this.options.clock.forget(this.timer);
  }

  private async work(conversation: string): Promise<void> {
    this.isSending = true;
    for (;;) {
      const item = this.items.find((known) => known.error === null);
      if (!item || this.isOver) break;
      try {
        const answer = await this.options.send(item);
        this.tries = 0;
        this.remove(conversation, item.clientId);
        this.options.onSent(item, answer);
      } catch (error) {
        const failure = error instanceof CallError ? error : new CallError('network', 0, String(error), '', 0);
        const isPassing = failure.status === 0 || failure.status === 408 || failure.status === 429 || failure.status >= 500;
        if (!isPassing) item.error = failure;
        this.options.onWaiting(item, failure);
        if (isPassing) {
          const wait = Math.max(failure.retryAfterS * 1_000, backoffMs(this.tries++, this.options.clock.random()));
          if (!this.isOver) this.timer = this.options.clock.later(() => this.wake(conversation), wait);
          break;
        }
      }
    }
    this.isSending = false;
  }

  private put(clientId: string, text: string): void {
    this.own.add(clientId);
    this.items.push({ clientId, text, error: null });
  }

  private kept(conversation: string): [string, string][] {
    try {
      const { id, unsent } = JSON.parse(this.options.load() ?? '{}') as { id?: unknown; unsent?: unknown };
      if (id !== conversation || !Array.isArray(unsent)) return [];
      return unsent.filter((entry): entry is [string, string] => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string');
    } catch {
      return [];
    }
  }

  private save(conversation: string): void {
    const others = this.kept(conversation).filter(([clientId]) => !this.own.has(clientId));
    const unsent = [...others, ...this.items.map((item) => [item.clientId, item.text])].slice(-KEPT_MAX);
    this.options.save(unsent.length > 0 ? JSON.stringify({ id: conversation, unsent }) : '');
  }
}
