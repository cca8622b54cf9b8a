// The dialog: header, menu, log, composer; keyboard, focus and announcements. Thrown away and built again when options change.
import { directionOf, translator, type Translate } from '@guildhall/i18n';
import { MESSAGE_CHARACTERS_MAX, type Chat, type ChatView } from './chat';
import { hex, parseColor, readableOn } from './color';
import type { Host } from './contract';
import type { Message } from './conversation';
import { keep, kept } from './door';
import { button, icon, icons, make } from './dom';
import { failureText } from './failures';
import { LogView } from './log_view';
import { plainText } from './plain_text';
import { menuOf, type Menu, type MenuItem } from './menu';
import { isOn, suggestionsOf, translationsOf } from './options';
import type { CallError } from './session';
import { Sheet } from './sheet';
import { chime } from './sound';
import { spokenText } from './times';

const FOCUSABLE = 'button:not([disabled]),textarea,input,summary,a[href],[tabindex="0"]';
const DISCONNECTED_AFTER_MS = 3_000;
/** Long enough to be read aloud, gone before it is met a second time. */
const ANNOUNCED_MS = 15_000;

export class Panel implements ChatView {
  readonly t: Translate;
  readonly isInline: boolean;
  private readonly name: string;
  private readonly panel: HTMLElement;
  private readonly names: { title: HTMLElement; status: HTMLElement; face: HTMLElement };
  private readonly menu: Menu;
  private readonly bar = make('div', { class: 'bar', role: 'status', hidden: true });
  private readonly live = make('div', { class: 'sr', role: 'log', 'aria-live': 'polite' });
  private readonly note = make('p', { class: 'note', role: 'status' });
  private readonly input: HTMLTextAreaElement;
  private readonly sendButton: HTMLButtonElement;
  private readonly stopButton: HTMLButtonElement;
  private readonly badge = make('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
  private readonly sheet: Sheet;
  private readonly darkScheme = matchMedia('(prefers-color-scheme: dark)');
  private log: LogView;
  private barShown = '';
  private lostTimer = 0;
  private isLost = false;

  constructor(
    private readonly host: Host,
    private readonly chat: Chat,
  ) {
    const { language, launcher } = host;
    const { config } = chat.session;
    this.isInline = isOn(host.option('inline') ?? 'on');
    this.t = translator(language, [...translationsOf(host.option('translations'), language), window.Guildhall?.texts?.[language]]);
    this.name = config.agent_name || this.t('assistant');
    this.input = make('textarea', { rows: '1', dir: 'auto', enterkeyhint: 'send', autocomplete: 'off', 'aria-label': this.t('placeholder'), placeholder: host.option('placeholder') ?? this.t('placeholder') });
    this.sendButton = make('button', { type: 'submit', class: 'send', 'aria-label': this.t('send') }, icon(icons.send));
    this.stopButton = button({ class: 'send stop', 'aria-label': this.t('stop') }, icon(icons.stop), () => void this.attempt(this.chat.stopAnswer()));
    this.names = { title: make('bdi'), status: make('bdi'), face: make('div', { class: 'face', 'aria-hidden': 'true' }) };
    this.menu = menuOf(this.t('menu'), () => this.menuItems());
    this.log = this.makeLog();
    const form = make('form', { class: 'composer' }, this.input, this.stopButton, this.sendButton);
    const side = this.isInline ? 'inline' : launcher.classList.contains('left') ? 'left' : 'right';
    const size = host.option('size') ?? '';
    this.panel = make(
      'section',
      { class: `panel ${side} ${size === 'small' || size === 'large' ? size : ''}`, ...(this.isInline ? { role: 'region' } : { role: 'dialog', 'aria-modal': 'true', hidden: true }), 'aria-label': this.name, lang: language, dir: directionOf(language) },
      this.header(),
      this.menu.list,
      this.bar,
      this.log.element,
      this.note,
      form,
      this.live,
    );
    this.sheet = new Sheet(this.panel, () => this.close());
    launcher.append(this.badge);
    launcher.hidden = this.isInline;
    launcher.setAttribute('aria-expanded', 'false');
    host.root.append(this.panel);
    this.listen(form);
    this.paint();
    this.status();
    this.unread(chat.unread);
  }

  get isOpen(): boolean {
    return this.isInline || !this.panel.hidden;
  }

  open(): void {
    if (!this.panel.hidden) return;
    this.panel.hidden = false;
    this.host.launcher.setAttribute('aria-expanded', 'true');
    this.sheet.show();
    this.input.focus();
    this.chat.setOpen(true);
    this.log.scrollToEnd();
    this.unread(this.chat.unread);
    this.host.emit('open');
  }

  close(): void {
    if (this.panel.hidden || this.isInline) return;
    this.menu.close();
    this.panel.hidden = true;
    this.host.launcher.setAttribute('aria-expanded', 'false');
    this.sheet.hide();
    this.chat.setOpen(false);
    this.unread(this.chat.unread);
    this.host.launcher.focus();
    this.host.emit('close');
  }

  async send(text: string): Promise<boolean> {
    const said = text.trim();
    if (said === '') return false;
    if ([...said].length > MESSAGE_CHARACTERS_MAX) {
      this.note.textContent = this.t('too_long', { max: MESSAGE_CHARACTERS_MAX });
      return false;
    }
    return this.chat.send(said);
  }

  requestHuman(): Promise<void> {
    return this.chat.requestHuman(this.t('person_wanted'));
  }

  destroy(): void {
    clearTimeout(this.lostTimer);
    this.darkScheme.removeEventListener('change', this.paint);
    this.sheet.destroy();
    this.badge.remove();
    this.panel.remove();
  }

  isSeen(): boolean {
    return this.isOpen && document.visibilityState === 'visible';
  }

  message(message: Message): void {
    this.log.put(message);
  }
  removed(key: string): void {
    this.log.remove(key);
  }

  status(): void {
    const { conversation, session } = this.chat;
    const isWithPerson = conversation.state === 'human';
    const { title, status, face } = this.names;
    title.textContent = (isWithPerson && conversation.person) || this.name;
    status.textContent = isWithPerson ? this.t('with_person') : session.config.tagline || this.t('subtitle');
    face.textContent = isWithPerson ? ([...conversation.person][0] ?? '') : session.config.avatar_emoji || ([...this.name][0] ?? '');
    this.showBar();
    this.showSendable();
    this.log.status();
  }

  cleared(): void {
    const fresh = this.makeLog();
    this.log.element.replaceWith(fresh.element);
    this.log = fresh;
    this.status();
  }

  /** Read aloud once it is complete; a sound where it was asked for. */
  arrived(message: Message): void {
    const text = message.role === 'platform' ? spokenText(message.text, this.host.language) : plainText(message.text);
    const said = message.role === 'agent' ? this.t('answered', { name: this.name, text }) : message.role === 'human' ? `${message.person}: ${text}` : text;
    if (this.isOpen) this.announce(said);
    if (this.hasSound && (!this.isSeen() || message.role === 'human')) chime();
  }

  private announce(text: string): void {
    const said = make('p', {}, text);
    this.live.append(said);
    setTimeout(() => said.remove(), ANNOUNCED_MS);
  }

  failed(error: CallError): void {
    this.note.textContent = failureText(error, this.t);
  }

  unread(count: number): void {
    const { launcher } = this.host;
    this.badge.hidden = count === 0;
    this.badge.textContent = count > 9 ? '9+' : String(count);
    launcher.setAttribute('aria-label', this.isOpen ? this.t('close') : this.t('open') + (count > 0 ? `, ${this.t('unread', { count })}` : ''));
  }

  private get hasSound(): boolean {
    return isOn(kept(this.host.door, ':sound') ?? this.host.option('sounds'));
  }

  private makeLog(): LogView {
    const { host, chat, t } = this;
    return new LogView({
      chat,
      t,
      language: host.language,
      greeting: host.option('welcome-message') ?? (chat.session.config.greeting_message || t('greeting')),
      suggestions: suggestionsOf(host.option('suggestions')),
      isHumanFirst: isOn(host.option('human-first')),
      showsTyping: this.showsTyping,
      errorOf: (key) => chat.errorOf(key),
      retry: (key) => chat.retry(key),
      discard: (key) => chat.discard(key),
      judge: (messageId, value, comment) => chat.judge(messageId, value, comment),
      send: (text) => {
        this.input.focus();
        void this.send(text);
      },
      requestHuman: () => void this.attempt(this.requestHuman()),
      focusInput: () => this.input.focus(),
    });
  }

  private get showsTyping(): boolean {
    return isOn(this.host.option('typing-indicator') ?? 'on');
  }

  private header(): HTMLElement {
    const { title, status, face } = this.names;
    const isShown = (name: string): boolean => isOn(this.host.option(name) ?? 'on');
    const names = make('div', { class: 'names' }, make('h2', {}, title), make('p', { hidden: !isShown('show-status') }, status));
    face.hidden = !isShown('show-avatar');
    const header = make('header', {}, face, names, this.menu.toggle);
    if (!this.isInline) header.append(button({ class: 'plain', 'aria-label': this.t('close') }, icon(icons.close), () => this.close()));
    return header;
  }

  private menuItems(): MenuItem[] {
    const { chat, t } = this;
    const { state, lastSent } = chat.conversation;
    const items: MenuItem[] = [];
    if (state === 'bot' || state === 'resolved') items.push({ label: t('person'), run: () => void this.attempt(this.requestHuman()) });
    if (lastSent) items.push({ label: t('transcript'), run: () => void this.attempt(this.download()) });
    const { hasSound } = this;
    items.push({
      label: t(hasSound ? 'sound_off' : 'sound_on'),
      run: () => {
        this.host.element.setAttribute('sounds', hasSound ? 'off' : 'on');
        keep(this.host.door, hasSound ? 'off' : 'on', ':sound');
        if (!hasSound) chime();
      },
    });
    if (lastSent) items.push({ label: t('new'), run: () => void this.attempt(chat.restart().then(() => this.input.focus())) });
    if (lastSent && state !== 'resolved') items.push({ label: t('end'), run: () => void this.attempt(chat.end()) });
    return items;
  }

  private async download(): Promise<void> {
    const url = URL.createObjectURL(await this.chat.transcript());
    const link = make('a', { href: url, download: `${this.name}.txt`, hidden: true });
    this.panel.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  /** Tells what went wrong beside the composer. */
  private async attempt(action: Promise<unknown>): Promise<void> {
    this.note.textContent = '';
    try {
      await action;
    } catch (error) {
      this.note.textContent = failureText(error, this.t);
      this.host.emit('error', { message: String(error) });
    }
  }

  /** Waiting for a person, or for the connection. */
  private showBar(): void {
    const { chat, t } = this;
    const { isWaiting } = chat.conversation;
    this.watchConnection();
    const position = isWaiting && chat.presence.queue && chat.presence.queue.position > 0 ? t('position', { position: chat.presence.queue.position }) : '';
    const wait = position && chat.presence.queue?.median_wait_seconds ? t('wait', { count: Math.ceil(chat.presence.queue.median_wait_seconds / 60) }) : '';
    const shown = this.isLost ? t('reconnecting') : isWaiting ? [t('waiting'), [position, wait].filter(Boolean).join(' · ')].filter(Boolean).join('\n') : '';
    if (shown === this.barShown) return;
    this.barShown = shown;
    this.bar.hidden = shown === '';
    const [first = '', second = ''] = shown.split('\n');
    const words = make('div', {}, make('strong', {}, first));
    if (second) words.append(make('span', {}, second));
    this.bar.replaceChildren(words);
    if (isWaiting && !this.isLost) this.bar.append(button({}, t('wait_cancel'), () => void this.attempt(chat.cancelHuman().then(() => this.input.focus()))));
  }

  /** A connection that comes back within three seconds is not worth a word. */
  private watchConnection(): void {
    const isAway = this.isOpen && this.chat.hasFollowed && !this.chat.isConnected;
    if (!isAway) {
      clearTimeout(this.lostTimer);
      this.lostTimer = 0;
      this.isLost = false;
    } else if (this.lostTimer === 0) {
      this.lostTimer = window.setTimeout(() => {
        this.isLost = true;
        this.showBar();
      }, DISCONNECTED_AFTER_MS);
    }
  }

  private listen(form: HTMLFormElement): void {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener('input', () => {
      this.showSendable();
      if (this.showsTyping && this.input.value !== '') this.chat.typing();
    });
    this.panel.addEventListener('keydown', (event) => this.onKey(event));
    this.darkScheme.addEventListener('change', this.paint);
  }

  private submit(): void {
    const text = this.input.value;
    if (text.trim() === '') return;
    this.note.textContent = '';
    void this.send(text);
    if (this.note.textContent === '') this.input.value = '';
    this.showSendable();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      if (this.menu.close()) this.menu.toggle.focus();
      else this.close();
      return;
    }
    if (event.key !== 'Tab' || this.isInline) return;
    const stops = [...this.panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((stop) => stop.getClientRects().length > 0);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const here = this.host.root.activeElement;
    if (event.shiftKey && here === first) {
      event.preventDefault();
      last?.focus();
    } else if (!event.shiftKey && here === last) {
      event.preventDefault();
      first?.focus();
    }
  }

  /** The composer grows with its text; its button says whether there is something to send, or to stop. */
  private showSendable(): void {
    const isEmpty = this.input.value.trim() === '';
    if ([...this.input.value].length > MESSAGE_CHARACTERS_MAX) this.note.textContent = this.t('too_long', { max: MESSAGE_CHARACTERS_MAX });
    const isStopping = isEmpty && this.chat.conversation.isAnswering;
    const had = this.host.root.activeElement;
    this.stopButton.hidden = !isStopping;
    this.sendButton.hidden = isStopping;
    this.sendButton.setAttribute('aria-disabled', String(isEmpty));
    if ((had === this.stopButton && !isStopping) || (had === this.sendButton && isStopping)) this.input.focus();
    this.input.style.blockSize = 'auto';
    if (this.input.scrollHeight > 0) this.input.style.blockSize = `${Math.min(132, this.input.scrollHeight + 2)}px`;
  }

  /** Applies theme and colours; the customer's colours are corrected where text is drawn in them. */
  private readonly paint = (): void => {
    const theme = this.host.option('theme') ?? this.chat.session.config.theme;
    this.panel.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && this.darkScheme.matches));
    const primary = parseColor(getComputedStyle(this.host.element).getPropertyValue('--g-primary')) ?? [37, 99, 235];
    const accent = parseColor(this.host.option('secondary-color') ?? '') ?? primary;
    this.panel.style.setProperty('--g-accent-light', hex(readableOn(accent, [243, 244, 247])));
    this.panel.style.setProperty('--g-accent-dark', hex(readableOn(accent, [34, 38, 46])));
  };
}
