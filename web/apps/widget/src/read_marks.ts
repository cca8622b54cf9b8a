// What the visitor has seen: kept with the page for the number on the launcher, told to the server for the people in its inbox.
import type { Conversation } from './conversation';
import { keep, kept, type Door } from './door';

export class ReadMarks {
  /** Everything up to this entry was seen. */
  private seen = 0;
  /** The last message the server was told of. */
  private told = 0;

  constructor(
    private readonly door: Door,
    conversation: string,
  ) {
    const [id, seq] = (kept(door, ':read') ?? '').split(' ');
    if (id === conversation) this.seen = Number(seq) || 0;
  }

  hasSeen(seq: number): boolean {
    return seq <= this.seen;
  }

  /** Where nothing is known, what was there before this page counts as seen. */
  assume(seq: number): void {
    if (this.seen === 0) this.seen = seq;
  }

  /** Marks all of it; the number the server is to be told, or 0 for nothing new. */
  mark(conversation: Conversation): number {
    const { id, seq, messages } = conversation;
    if (seq <= this.seen) return 0;
    this.seen = seq;
    keep(this.door, `${id} ${seq}`, ':read');
    const last = messages.filter((message) => message.role !== 'visitor').pop();
    if (!last || last.seq <= this.told) return 0;
    this.told = last.seq;
    return seq;
  }

  count(conversation: Conversation): number {
    return conversation.messages.filter((message) => message.role !== 'visitor' && message.seq > this.seen).length;
  }
}
