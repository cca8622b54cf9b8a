// One visitor's chat: what the server tells becomes the conversation, what the visitor does becomes calls. Knows no DOM; lives as
// long as the element on the page.
import { Follower, type Clock, type SseEvent } from '@guildhall/sse';
import { Conversation, type EventData, type Message } from './conversation';
import { keep, kept, type Door, type SessionAnswer } from './door';
import { Outbox, type Unsent } from './outbox';
import { Presence } from './presence';
import { ReadMarks } from './read_marks';
import { CallError, Session } from './session';
import { Tabs } from './tabs';

export const MESSAGE_CHARACTERS_MAX = 4_000;

/** What shows the chat; told of every change after it happened. */
export interface ChatView {
  /** Somebody sees what arrives. */
  isSeen(): boolean;
  message(message: Message, isNew: boolean): void;
  removed(key: string): void;
  /** State, answer being written, queue, who types, connection. */
  status(): void;
  /** Another conversation. */
  cleared(): void;
  /** Something completed that was not there before. */
  arrived(message: Message): void;
  failed(error: CallError): void;
  unread(count: number): void;
}

export interface ChatOptions {
  door: Door;
  first: SessionAnswer;
  clock: Clock;
  emit(name: string, detail?: Readonly<Record<string, unknown>>): void;
}

export class Chat {
  readonly session: Session;
  conversation: Conversation;
  view: ChatView | null = null;
  readonly presence: Presence;
  isConnected = false;
  /** A connection is wanted. */
  hasFollowed = false;
  hasMore = false;
  refusal: CallError | null = null;
  unread = 0;
  private readonly errors = new Map<string, CallError>();
  private readonly outbox: Outbox;
  private readonly tabs: Tabs;
  private readonly follower: Follower;
  private readonly waiters = new Map<string, (isSent: boolean) => void>();
  private context: { page_url?: string; locale?: string } = {};
  private beginning: Promise<void> | null = null;
  private isOpen = false;
  private isOver = false;
  /** A closed conversation was asked for anew since the last message that was heard. */
  private hasRenewed = false;
  /** The answer a snapshot was last asked for. */
  private mended = '';
  private marks: ReadMarks;
  /** Entries up to here were there before this page. */
  private oldSeq = 0;

  constructor(private readonly options: ChatOptions) {
    const { door, clock } = options;
    this.session = new Session(door, options.first, () => clock.now());
    this.session.onMoved = () => this.move();
    this.conversation = this.opened();
    this.marks = new ReadMarks(door, this.conversation.id);
    this.presence = new Presence(this.session, clock, () => this.view?.status());
    this.follower = new Follower({
      open: (isPoll, signal) => this.session.call(() => `events?after=${this.conversation.seq}${isPoll ? '&mode=poll' : ''}`, { signal, headers: { Accept: 'text/event-stream' } }),
      onEvent: (event) => this.tabs.heard(event),
      onConnected: (isConnected) => this.tabs.connected(isConnected),
      onRefused: (error) => this.refused(error),
      isFinal: (error) => error instanceof CallError && (error.status === 403 || error.status === 404),
      clock,
    });
    this.tabs = new Tabs({
      follower: this.follower,
      onEvent: (event) => this.hear(event),
      onConnected: (isConnected) => this.connected(isConnected),
      tip: () => this.conversation.seq,
      snapshot: () => this.snapshot(),
      onBehind: () => void this.loadNewest().catch(() => undefined),
      clock,
    });
    this.outbox = new Outbox({
      send: async (unsent) => (await this.session.post('messages', { client_id: unsent.clientId, text: unsent.text, locale: door.locale, page_url: location.origin + location.pathname, ...this.context })).json() as Promise<{ message_id: string; seq: number }>,
      load: () => kept(door, ':unsent'),
      save: (value) => keep(door, value, ':unsent'),
      onSent: (unsent, answer) => this.sent(unsent, answer),
      onWaiting: (unsent, failure) => this.waits(unsent, failure),
      clock,
    });
    this.restore();
  }

  /** There is something in this conversation, or will be. */
  get hasBegun(): boolean {
    return this.session.seq > 0 || this.conversation.messages.length > 0;
  }
  /** Something may arrive, or has arrived unseen, before anybody opens the chat. */
  get isLive(): boolean {
    const { seq, conversation } = this.session;
    return !this.outbox.isEmpty || (seq > 0 && (conversation.state !== 'resolved' || !this.marks.hasSeen(seq)));
  }
  /** Why the server did not take a message; null while it was not reached. */
  errorOf(key: string): CallError | null {
    return this.errors.get(key) ?? null;
  }

  /** Brings back what was said before, and follows what happens from then on. */
  begin(): Promise<void> {
    return (this.beginning ??= (async () => {
      const conversation = this.conversation;
      // Without its history the stream tells everything from the beginning.
      if (this.session.seq > 0) await this.loadNewest().catch(() => undefined);
      if (conversation === this.conversation) this.marks.assume(this.oldSeq);
      this.count();
      this.outbox.wake(this.conversation.id);
      this.follow();
    })());
  }

  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    if (isOpen) void this.begin().then(() => this.markRead());
    this.follow();
    this.watchQueue();
  }

  /** The network is back, or the page is looked at again. */
  wake(): void {
    if (!this.beginning) return;
    this.follower.wake();
    this.outbox.wake(this.conversation.id);
    if (this.isOpen) this.markRead();
  }

  /** Resolves when the server has it; false when it refused it. */
  send(text: string): Promise<boolean> {
    const clientId = crypto.randomUUID();
    const message = this.conversation.addOwn(clientId, text, new Date(this.options.clock.now()).toISOString());
    const isFirst = !this.session.seq && this.conversation.messages.length === 1;
    this.refusal = null;
    this.view?.message(message, true);
    this.options.emit('messageSent', { text, clientId });
    if (isFirst) this.options.emit('conversationStart', { id: this.conversation.id });
    const done = new Promise<boolean>((resolve) => this.waiters.set(clientId, resolve));
    this.outbox.add(this.conversation.id, clientId, text);
    void this.begin();
    this.follow();
    this.view?.status();
    return done;
  }

  retry(key: string): void {
    this.errors.delete(key);
    const message = this.conversation.messages.find((known) => known.key === key);
    if (message) {
      message.delivery = 'sending';
      this.view?.message(message, false);
    }
    this.outbox.retry(this.conversation.id, key);
  }

  discard(key: string): void {
    this.outbox.remove(this.conversation.id, key);
    this.conversation.remove(key);
    this.errors.delete(key);
    this.view?.removed(key);
  }

  stopAnswer(): Promise<void> {
    return this.act('stop');
  }

  typing(): void {
    this.presence.tellTyping(this.conversation);
  }

  /** `wish` is said first where there is nothing a person could take over yet. */
  async requestHuman(wish: string): Promise<void> {
    const { state } = this.conversation;
    if (state !== 'bot' && state !== 'resolved') return;
    if (state === 'resolved' || !this.conversation.lastSent) if (!(await this.send(wish))) return;
    await this.act('handover');
  }
  cancelHuman(): Promise<void> {
    return this.act('handover', undefined, 'DELETE');
  }
  judge(messageId: string, value: number, comment: string): Promise<void> {
    return this.act('feedback', { message_id: messageId, value, comment });
  }
  async rate(rating: number, comment: string): Promise<void> {
    await this.act('rating', { rating, comment });
    this.options.emit('rated', { rating });
  }
  end(): Promise<void> {
    return this.act('close');
  }
  async transcript(): Promise<Blob> {
    return (await this.session.call(() => 'transcript')).blob();
  }
  /** Another conversation; what was not sent is dropped with the old one. */
  async restart(): Promise<void> {
    for (const message of this.conversation.messages.filter((one) => one.seq === 0)) this.discard(message.key);
    await this.session.restart();
  }

  setContext(context: { page_url?: string; locale?: string }): void {
    this.context = { ...this.context, ...context };
  }

  /** Earlier messages, a page at a time. */
  async loadOlder(): Promise<void> {
    await this.load(`messages?before=${this.conversation.firstSeq}`);
    this.view?.status();
  }

  /** Everything shown so far was seen. */
  markRead(): void {
    if (!this.view?.isSeen()) return;
    const through = this.marks.mark(this.conversation);
    this.count();
    if (through > 0) this.session.post('read', { through }).catch(() => undefined);
  }

  destroy(): void {
    this.isOver = true;
    this.view = null;
    this.outbox.stop();
    this.tabs.stop();
    this.presence.clear();
  }

  /** One stream while somebody looks, waits, or may be written to. */
  private follow(): void {
    if (this.isOver || !this.beginning || this.refusal) return;
    const { state, isAnswering, isWaiting, id } = this.conversation;
    this.hasFollowed = this.isOpen || isAnswering || isWaiting || state === 'human' || !this.outbox.isEmpty;
    if (this.hasFollowed) this.tabs.start(`guildhall:${id}`);
    else this.tabs.stop();
  }

  private async act(path: string, body?: unknown, method?: string): Promise<void> {
    await this.session.post(path, body, method);
  }

  private opened(): Conversation {
    const { id, state, epoch, person } = this.session.conversation;
    this.oldSeq = this.session.seq;
    return new Conversation(id, state, epoch, person, this.session.seq);
  }

  private move(): void {
    this.tabs.stop();
    const pending = this.conversation.messages.filter((message) => message.seq === 0);
    this.conversation = this.opened();
    this.marks = new ReadMarks(this.options.door, this.conversation.id);
    this.beginning = null;
    this.presence.clear();
    this.hasMore = false;
    for (const message of pending) this.conversation.addOwn(message.key, message.text, message.createdAt);
    this.view?.cleared();
    this.count();
    if (this.isOpen) void this.begin();
  }

  private restore(): void {
    for (const { clientId, text } of this.outbox.restore(this.conversation.id)) this.conversation.addOwn(clientId, text, new Date(this.options.clock.now()).toISOString());
  }

  private loadNewest(): Promise<void> {
    return this.load('messages');
  }

  private async load(path: string): Promise<void> {
    const conversation = this.conversation;
    const answer = (await (await this.session.call(() => path)).json()) as { messages: (EventData & { event: string })[]; has_more: boolean };
    if (conversation !== this.conversation) return;
    const isOlder = answer.messages.every((entry) => Number(entry['seq']) < conversation.firstSeq);
    for (const entry of answer.messages) this.entry(entry.event, entry);
    if (isOlder) this.hasMore = answer.has_more && answer.messages.length > 0;
    this.view?.status();
  }

  private hear(event: SseEvent): void {
    let data: EventData;
    try {
      data = JSON.parse(event.data) as EventData;
    } catch {
      return;
    }
    const { conversation } = this;
    const id = String(data['message_id'] ?? '');
    const said = String(data['text'] ?? '');
    switch (event.event) {
      case 'typing':
        return this.presence.types(String(data['name'] ?? '') || conversation.person);
      case 'message.delta':
        if (conversation.addDelta(id, Number(data['offset']), said)) this.view?.status();
        else if (conversation.partial?.isBroken && this.mended !== id) {
          this.mended = id;
          this.tabs.refresh();
        }
        return;
      case 'message.snapshot':
        conversation.setSnapshot(id, said);
        this.view?.status();
        return;
      default:
        this.entry(event.event, data);
    }
  }

  private entry(name: string, data: EventData): void {
    const { conversation } = this;
    const before = conversation.state;
    const change = conversation.apply(name, data);
    if (!change) return;
    if (change.kind === 'message') {
      const { message, isNew } = change;
      if (message.role === 'human') this.presence.typist = null;
      if (message.role === 'visitor' && !isNew) this.outbox.remove(conversation.id, message.key);
      this.view?.message(message, isNew);
      if (isNew && message.role !== 'visitor' && message.seq > this.oldSeq) this.arrived(message);
    }
    if (change.kind === 'state' && Number(data['seq']) > this.oldSeq && conversation.state !== before) this.changed();
    this.view?.status();
    this.follow();
  }

  private arrived(message: Message): void {
    this.view?.arrived(message);
    this.options.emit('messageReceived', { id: message.id, role: message.role, text: message.text, outcome: message.outcome, citations: message.citations.length });
    this.markRead();
    this.count();
  }

  private changed(): void {
    const { state, person } = this.conversation;
    if (state === 'waiting_human') this.options.emit('handover', { state });
    if (state === 'human') this.options.emit('humanJoined', { person });
    if (state === 'resolved') this.options.emit('conversationEnd', { id: this.conversation.id });
    this.watchQueue();
  }

  private watchQueue(): void {
    this.presence.watchQueue(this.conversation, this.isOpen && !this.isOver);
  }

  private sent(unsent: Unsent, answer: { message_id: string; seq: number }): void {
    this.hasRenewed = false;
    const message = this.conversation.acknowledge(unsent.clientId, answer.message_id, answer.seq);
    this.settle(unsent.clientId, true);
    // A message reopens what was closed; the entry that says so follows.
    if (this.refusal) this.refusal = null;
    if (message) this.view?.message(message, false);
    this.view?.status();
    this.follow();
  }

  private waits(unsent: Unsent, failure: CallError): void {
    const message = this.conversation.messages.find((known) => known.key === unsent.clientId);
    if (!message || message.seq > 0) return;
    // The conversation was closed for good meanwhile: the session goes on with another.
    if (unsent.error?.status === 409 && !this.hasRenewed) {
      this.hasRenewed = true;
      void this.session.renew().finally(() => this.retry(unsent.clientId));
      return;
    }
    message.delivery = unsent.error ? 'failed' : 'unsent';
    if (failure.status === 0) this.errors.delete(unsent.clientId);
    else this.errors.set(unsent.clientId, failure);
    if (unsent.error) {
      this.settle(unsent.clientId, false);
      this.options.emit('error', { message: unsent.error.message, code: unsent.error.code });
    }
    this.view?.message(message, false);
  }

  private settle(clientId: string, isSent: boolean): void {
    this.waiters.get(clientId)?.(isSent);
    this.waiters.delete(clientId);
  }

  private connected(isConnected: boolean): void {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    if (isConnected) this.outbox.wake(this.conversation.id);
    this.view?.status();
  }

  private refused(error: unknown): void {
    this.tabs.stop();
    this.refusal = error instanceof CallError ? error : null;
    this.hasFollowed = false;
    this.options.emit('error', { message: String(error) });
    if (this.refusal) this.view?.failed(this.refusal);
  }

  private snapshot(): SseEvent | null {
    const { partial } = this.conversation;
    if (!partial || partial.isBroken) return null;
    return { event: 'message.snapshot', id: '', data: JSON.stringify({ message_id: partial.id, text: partial.text }) };
  }

  private count(): void {
    const count = this.view?.isSeen() ? 0 : this.marks.count(this.conversation);
    if (count === this.unread) return;
    this.unread = count;
    this.view?.unread(count);
    this.options.emit('unread', { count });
  }
}
