// The scrolling log: greeting, what was said in its order, and at its end whatever is going on now.
import { parseMarkdown, renderMarkdown } from '@guildhall/md';
import type { Chat } from './chat';
import type { Message } from './conversation';
import { button, make } from './dom';
import { fillMessage, messageView, type MessageActions } from './message_view';
import { ratingView } from './rating_view';
import { localTime } from './times';

const LATE_MS_MIN = 60_000;

export interface LogOptions extends MessageActions {
  chat: Chat;
  greeting: string;
  suggestions: readonly string[];
  /** Offers the choice between agent and person before anything is said. */
  isHumanFirst: boolean;
  showsTyping: boolean;
  send(text: string): void;
  requestHuman(): void;
  /** Where the focus goes when what had it is gone. */
  focusInput(): void;
}

export class LogView {
  readonly element: HTMLElement;
  private readonly list = make('div', { class: 'list' });
  private readonly tail = make('div', { class: 'list tail' });
  private readonly older: HTMLButtonElement;
  private readonly views = new Map<string, HTMLElement>();
  private answer: HTMLElement | null = null;
  private rating: HTMLElement | null = null;
  private offers: HTMLElement | null = null;
  private offersFor = '';
  private typing: HTMLElement | null = null;
  private frame = 0;
  private followsEnd = true;

  constructor(private readonly options: LogOptions) {
    const { t, chat } = options;
    this.older = button({ class: 'older', hidden: true }, t('older'), () => void this.loadOlder());
    const greeting = make('div', { class: 'message agent greeting' }, make('div', { class: 'body', dir: 'auto' }, renderMarkdown(document, parseMarkdown(options.greeting))));
    this.element = make('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': t('messages') }, this.older, make('div', { class: 'list' }, greeting), this.list, this.tail);
    this.element.addEventListener('scroll', () => {
      this.followsEnd = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 40;
    });
    const sizes = new ResizeObserver(() => this.followEnd());
    sizes.observe(this.element);
    sizes.observe(this.tail);
    for (const message of chat.conversation.messages) this.put(message);
    this.status();
  }

  put(message: Message): void {
    let view = this.views.get(message.key);
    if (view) {
      fillMessage(view, message, this.options);
    } else {
      // The answer that grew becomes the answer that stands, in its place.
      const grown = message.role === 'agent' && this.answer ? this.answer : null;
      if (grown) {
        this.answer = null;
        cancelAnimationFrame(this.frame);
        this.frame = 0;
        fillMessage(grown, message, this.options);
      }
      view = grown ?? messageView(message, this.options);
      this.views.set(message.key, view);
    }
    const { messages } = this.options.chat.conversation;
    this.tellLate(view, message, messages[messages.indexOf(message) - 1]);
    const next = messages.slice(messages.indexOf(message) + 1).find((later) => this.views.has(later.key));
    const before = next ? (this.views.get(next.key) ?? null) : null;
    if (view.parentNode !== this.list || view.nextElementSibling !== before) this.list.insertBefore(view, before);
    if (message.role === 'visitor' && message.seq === 0) this.followsEnd = true;
    this.followEnd();
  }

  /** One that was said long before those above it says when. */
  private tellLate(view: HTMLElement, message: Message, before: Message | undefined): void {
    const said = Date.parse(message.createdAt);
    if (message.role === 'visitor' || !before || !(said < Date.parse(before.createdAt) - LATE_MS_MIN) || view.querySelector('.late')) return;
    view.append(make('p', { class: 'late' }, make('time', { datetime: message.createdAt }, localTime(new Date(said), this.options.language))));
  }

  remove(key: string): void {
    this.keepFocus(() => this.views.get(key)?.remove());
    this.views.delete(key);
  }

  /** What is going on at the end of the conversation. */
  status(): void {
    const { chat, t } = this.options;
    this.older.hidden = !chat.hasMore;
    this.keepFocus(() => {
      this.showAnswer();
      this.showOffers();
      const name = this.options.showsTyping ? chat.presence.typist : null;
      this.typing = this.toggled(this.typing, name !== null, () => make('div', { class: 'typing' }, dots(''), make('span', {}, t('typing', { name: name || t('someone') }))));
      const isEnded = chat.conversation.state === 'resolved' && chat.conversation.messages.length > 0;
      this.rating = this.toggled(this.rating, isEnded, () => ratingView(t, chat.conversation.rating, (stars, comment) => chat.rate(stars, comment)));
    });
    this.followEnd();
  }

  scrollToEnd(): void {
    this.followsEnd = true;
    this.followEnd();
  }

  private showAnswer(): void {
    const { chat, t } = this.options;
    const { isAnswering } = chat.conversation;
    this.answer = this.toggled(this.answer, isAnswering, () => make('div', { class: 'message agent growing' }, make('div', { class: 'body', dir: 'auto' }, dots(t('thinking')))), true);
    if (!chat.conversation.partial?.text || this.frame !== 0) return;
    // Drawn once per frame however fast the pieces are.
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const text = chat.conversation.partial?.text;
      if (!text) return;
      this.answer?.firstElementChild?.replaceChildren(renderMarkdown(document, parseMarkdown(text)));
      this.followEnd();
    });
  }

  /** Questions the visitor may ask with one touch, and the way to a person where the server offers it. */
  private showOffers(): void {
    const { chat, t, suggestions, isHumanFirst } = this.options;
    const last = chat.conversation.messages[chat.conversation.messages.length - 1];
    const isStart = !last && !chat.session.seq;
    const texts = isStart ? suggestions : last?.role === 'agent' && chat.conversation.state === 'bot' ? last.suggestions : [];
    const offersPerson = chat.conversation.state === 'bot' && (last?.offersPerson === true || (isStart && isHumanFirst));
    const key = `${last?.key ?? ''} ${chat.conversation.state} ${chat.session.seq > 0}`;
    if (key === this.offersFor) return;
    this.offersFor = key;
    this.offers?.remove();
    this.offers = null;
    if (texts.length === 0 && !offersPerson) return;
    const chips = make('ul', { class: 'chips', role: 'list', 'aria-label': t(isStart && isHumanFirst ? 'who' : 'suggestions') });
    const add = (text: string, run: () => void, kind = ''): void => chips.append(make('li', {}, button({ class: `chip ${kind}`, dir: 'auto' }, text, run)));
    if (isStart && isHumanFirst) add(t('ask_assistant'), () => this.options.focusInput(), 'strong');
    if (offersPerson) add(t('person'), () => this.options.requestHuman(), 'strong');
    for (const text of texts) add(text, () => this.options.send(text));
    this.offers = chips;
    this.tail.append(chips);
  }

  private toggled(current: HTMLElement | null, isWanted: boolean, build: () => HTMLElement, isFirst = false): HTMLElement | null {
    if (!isWanted) current?.remove();
    if (!isWanted || current) return isWanted ? current : null;
    const built = build();
    if (isFirst) this.tail.prepend(built);
    else this.tail.append(built);
    return built;
  }

  private async loadOlder(): Promise<void> {
    const fromEnd = this.element.scrollHeight - this.element.scrollTop;
    this.followsEnd = false;
    await this.options.chat.loadOlder().catch(() => undefined);
    this.element.scrollTop = this.element.scrollHeight - fromEnd;
  }

  private keepFocus(change: () => void): void {
    const root = this.element.getRootNode();
    const had = root instanceof ShadowRoot && this.element.contains(root.activeElement) ? root.activeElement : null;
    change();
    if (had && !had.isConnected) this.options.focusInput();
  }

  private followEnd(): void {
    if (this.followsEnd) this.element.scrollTop = this.element.scrollHeight;
  }
}

function dots(label: string): HTMLElement {
  const attributes = label === '' ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label };
  return make('div', { class: 'waiting', ...attributes }, make('i'), make('i'), make('i'));
}
