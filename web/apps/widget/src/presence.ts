// Who is around while nothing is said: who types, and how long a person will take.
import type { Clock } from '@guildhall/sse';
import type { Conversation } from './conversation';
import type { Session } from './session';

const TYPING_EVERY_MS = 3_000;
const TYPING_SHOWN_MS = 6_000;
const QUEUE_EVERY_MS = 15_000;

export interface Queue {
  position: number;
  median_wait_seconds: number | null;
}

export class Presence {
  queue: Queue | null = null;
  /** Who is typing, perhaps without a name; null for nobody. */
  typist: string | null = null;
  private typedAt = -Infinity;
  private typistTimer: unknown = null;
  private queueTimer: unknown = null;

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {}

  /** The visitor types: told at most every three seconds, and only to people. */
  tellTyping(conversation: Conversation): void {
    const now = this.clock.now();
    if (now - this.typedAt < TYPING_EVERY_MS || !(conversation.state === 'human' || conversation.isWaiting)) return;
    this.typedAt = now;
    this.session.post('typing').catch(() => undefined);
  }

  /** Somebody types, until they have written or six seconds have passed. */
  types(name: string): void {
    this.typist = name;
    this.onChange();
    this.clock.forget(this.typistTimer);
    this.typistTimer = this.clock.later(() => {
      this.typist = null;
      this.onChange();
    }, TYPING_SHOWN_MS);
  }

  /** Asks for the visitor's place now and every fifteen seconds while they wait and look. */
  watchQueue(conversation: Conversation, isSeen: boolean): void {
    this.clock.forget(this.queueTimer);
    if (!conversation.isWaiting) this.queue = null;
    if (!isSeen || !conversation.isWaiting) return;
    this.session
      .call(() => 'queue')
      .then((response) => response.json() as Promise<Queue>)
      .then((queue) => {
        if (conversation.isWaiting && conversation.id === this.session.conversation.id) this.queue = queue;
        this.onChange();
      })
      .catch(() => undefined);
    this.queueTimer = this.clock.later(() => this.watchQueue(conversation, isSeen), QUEUE_EVERY_MS);
  }

  clear(): void {
    this.queue = null;
    this.typist = null;
    this.clock.forget(this.queueTimer);
    this.clock.forget(this.typistTimer);
  }
}
