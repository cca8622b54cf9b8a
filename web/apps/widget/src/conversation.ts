// What a conversation looks like, built from its numbered entries alone (contracts/support-partner.md §3.2 E2, §4.4): in any order,
// any entry any number of times. No network, no page.

export interface Citation {
  n: number;
  title: string;
  url: string | null;
  page: number | null;
  heading_path: string[];
  quote: string;
  language: string;
}

export type Role = 'visitor' | 'agent' | 'human' | 'platform';

export interface Message {
  /** The client id of the visitor's own messages, the message id of all others. */
  key: string;
  id: string;
  /** 0 until the server has it. */
  seq: number;
  role: Role;
  text: string;
  createdAt: string;
  person: string;
  outcome: string;
  citations: Citation[];
  suggestions: string[];
  offersPerson: boolean;
  /** The visitor's thumb: 1, -1, or 0. */
  value: number;
  /** Of what the visitor wrote. */
  delivery: 'sent' | 'sending' | 'unsent' | 'failed';
}

/** An event's data, members by name; absent ones are undefined. */
export type EventData = Readonly<Record<string, unknown>>;

/** What an entry changed: a message (new or not), or the conversation itself. */
export type Change = { kind: 'message'; message: Message; isNew: boolean } | { kind: 'state' | 'rating' } | null;

/** Text as it is streamed, in UTF-16 code units; `isBroken` once a piece is missing. */
export interface Partial {
  id: string;
  text: string;
  isBroken: boolean;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

export class Conversation {
  readonly messages: Message[] = [];
  rating = 0;
  /** Number of the newest entry seen; what a reconnection asks to be told after. */
  seq = 0;
  /** Number of the oldest entry seen. */
  firstSeq = Infinity;
  partial: Partial | null = null;
  private readonly numbers = new Set<number>();
  private readonly superseded = new Set<string>();
  private readonly thumbs = new Map<string, { seq: number; value: number }>();
  private ratingSeq = 0;

  constructor(
    readonly id: string,
    public state = 'bot',
    public epoch = 1,
    public person = '',
    /** The entry up to which state, epoch and person are known. */
    private stateSeq = 0,
  ) {}

  /** Someone waits for the agent's answer. */
  get isAnswering(): boolean {
    return this.state === 'bot' && (this.partial !== null || this.lastSent?.role === 'visitor');
  }
  get isWaiting(): boolean {
    return this.state === 'waiting_human' || this.state === 'handover_requested';
  }
  get lastSent(): Message | undefined {
    return [...this.messages].reverse().find((message) => message.seq > 0);
  }

  /** A numbered entry; null when it is known or shows nothing. */
  apply(event: string, data: EventData): Change {
    const seq = Number(data['seq'] ?? 0);
    if (!(seq > 0) || this.numbers.has(seq)) return null;
    this.numbers.add(seq);
    this.seq = Math.max(this.seq, seq);
    this.firstSeq = Math.min(this.firstSeq, seq);
    switch (event) {
      case 'message.created':
      case 'message.completed':
        return this.addMessage(seq, data);
      case 'message.superseded':
        this.superseded.add(text(data['message_id']));
        return this.drop(text(data['message_id']));
      case 'state':
        return this.changeState(seq, data);
      case 'feedback':
        return this.judge(seq, text(data['message_id']), Number(data['value'] ?? 0));
      case 'rating':
        if (seq < this.ratingSeq) return null;
        this.ratingSeq = seq;
        this.rating = Number(data['rating'] ?? 0);
        return { kind: 'rating' };
      default:
        return null;
    }
  }

  /** A piece of the answer being written; false when it does not belong where the text held ends. */
  addDelta(id: string, offset: number, piece: string): boolean {
    if (this.superseded.has(id)) return false;
    if (this.partial?.id !== id) this.partial = { id, text: '', isBroken: false };
    const partial = this.partial;
    if (partial.isBroken || offset > partial.text.length) {
      partial.isBroken = true;
      return false;
    }
    // What a snapshot already held.
    if (offset < partial.text.length) return partial.text.startsWith(piece, offset);
    partial.text += piece;
    return true;
  }

  setSnapshot(id: string, held: string): void {
    if (this.superseded.has(id)) return;
    if (this.partial?.id === id && !this.partial.isBroken && this.partial.text.length > held.length) return;
    this.partial = { id, text: held, isBroken: false };
  }

  /** Something the visitor wrote that the server does not have yet. */
  addOwn(clientId: string, said: string, createdAt: string): Message {
    const message = blank(clientId, 'visitor', said, createdAt);
    message.delivery = 'sending';
    this.insert(message);
    return message;
  }

  /** The server has it, under this number. */
  acknowledge(clientId: string, id: string, seq: number): Message | undefined {
    const message = this.messages.find((known) => known.key === clientId);
    if (!message || message.seq > 0) return message;
    message.id = id;
    this.renumber(message, seq);
    return message;
  }

  remove(key: string): void {
    const at = this.messages.findIndex((message) => message.key === key);
    if (at >= 0) this.messages.splice(at, 1);
  }

  private addMessage(seq: number, data: EventData): Change {
    const id = text(data['message_id']);
    const role = text(data['role']) as Role;
    const clientId = role === 'visitor' ? text(data['client_id']) : '';
    let message = this.messages.find((known) => (clientId !== '' && known.key === clientId) || (id !== '' && known.id === id));
    const isNew = message === undefined;
    message ??= blank(clientId || id || `#${seq}`, role, '', '');
    message.id = id;
    message.text = text(data['text']);
    message.createdAt = text(data['created_at']);
    message.person = text(data['person']);
    message.outcome = text(data['outcome']);
    message.citations = list<Citation>(data['citations']);
    message.suggestions = list<unknown>(data['suggestions']).filter((entry): entry is string => typeof entry === 'string');
    message.offersPerson = data['offers_person'] === true;
    message.value = this.thumbs.get(id)?.value ?? 0;
    if (isNew) {
      message.seq = seq;
      this.insert(message);
    } else {
      this.renumber(message, seq);
    }
    if (role !== 'visitor') this.partial = null;
    return { kind: 'message', message, isNew };
  }

  private changeState(seq: number, data: EventData): Change {
    if (seq <= this.stateSeq) return null;
    this.stateSeq = seq;
    this.state = text(data['state']) || this.state;
    this.epoch = Number(data['epoch'] ?? this.epoch);
    this.person = text(data['person']);
    // Whoever has the word now, what the agent was writing is not said.
    if (this.state !== 'bot' && this.partial) this.drop(this.partial.id);
    return { kind: 'state' };
  }

  private drop(id: string): Change {
    if (this.partial?.id === id) {
      this.superseded.add(id);
      this.partial = null;
    }
    return { kind: 'state' };
  }

  private judge(seq: number, id: string, value: number): Change {
    if (seq < (this.thumbs.get(id)?.seq ?? 0)) return null;
    this.thumbs.set(id, { seq, value });
    const message = this.messages.find((known) => known.id === id);
    if (!message) return null;
    message.value = value;
    return { kind: 'message', message, isNew: false };
  }

  private renumber(message: Message, seq: number): void {
    this.remove(message.key);
    message.seq = seq;
    message.delivery = 'sent';
    this.insert(message);
  }

  /** By number; what has none yet comes last, in the order it was written. */
  private insert(message: Message): void {
    const rank = (one: Message): number => one.seq || Infinity;
    const at = this.messages.findIndex((other) => rank(other) > rank(message));
    this.messages.splice(at < 0 ? this.messages.length : at, 0, message);
  }
}

function blank(key: string, role: Role, said: string, createdAt: string): Message {
  return { key, id: '', seq: 0, role, text: said, createdAt, person: '', outcome: '', citations: [], suggestions: [], offersPerson: false, value: 0, delivery: 'sent' };
}
