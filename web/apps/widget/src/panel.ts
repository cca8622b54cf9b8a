// The dialog: header, messages, composer; keyboard, focus and announcements.
import { chooseLanguage, directionOf, translator, type Translate } from '@guildhall/i18n';
import { hex, parseColor, readableOn } from './color';
import type { Host, Panel } from './contract';
import { ask, loadHistory, MESSAGE_CHARACTERS_MAX } from './conversation';
import { icon, make } from './dom';
import { AnswerView, failureView, visitorMessage } from './messages';
import { suggestionsOf } from './options';
import { panelStyle } from './panel_style';

const FOCUSABLE = 'button:not([disabled]),textarea,summary,a[href],[tabindex="0"]';

export function mount(host: Host): Panel {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(panelStyle);
  host.root.adoptedStyleSheets = [...host.root.adoptedStyleSheets, sheet];
  return new ChatPanel(host);
}

class ChatPanel implements Panel {
  private readonly t: Translate;
  private readonly name: string;
  private readonly panel: HTMLElement;
  private readonly log: HTMLElement;
  private readonly live: HTMLElement;
  private readonly input: HTMLTextAreaElement;
  private readonly sendButton: HTMLButtonElement;
  private readonly note: HTMLElement;
  private readonly darkScheme = matchMedia('(prefers-color-scheme: dark)');
  private chips: HTMLElement | null = null;
  private isBusy = false;
  private hasGreeted = false;
  private followsEnd = true;

  constructor(private readonly host: Host) {
    const config = host.session.config;
    const language = chooseLanguage([host.option('language'), document.documentElement.lang, config?.language, navigator.language]);
    this.t = translator(language);
    this.name = config?.agent_name || this.t('assistant');
    this.log = make('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': this.t('messages') });
    this.live = make('div', { class: 'sr', 'aria-live': 'polite' });
    this.note = make('p', { class: 'note', role: 'status' });
    this.input = make('textarea', { rows: '1', dir: 'auto', enterkeyhint: 'send', autocomplete: 'off' });
    this.input.placeholder = host.option('placeholder') ?? this.t('placeholder');
    this.input.setAttribute('aria-label', this.t('placeholder'));
    this.sendButton = make('button', { type: 'submit', class: 'send', 'aria-label': this.t('send') }, icon('M4 12 20 4l-4.5 16-4-6.5z'));
    const form = make('form', {}, this.input, this.sendButton);
    const side = host.launcher.classList.contains('left') ? 'left' : 'right';
    this.panel = make(
      'section',
      { class: `panel ${side}`, role: 'dialog', 'aria-modal': 'true', 'aria-label': this.name, lang: language, dir: directionOf(language), hidden: true },
      this.header(config?.avatar_emoji ?? '', config?.tagline ?? ''),
      this.log,
      this.note,
      form,
      this.live,
    );
    host.root.append(this.panel);
    this.listen(form);
    this.paint();
    this.showSendable();
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  open(): void {
    if (this.isOpen) return;
    this.panel.hidden = false;
    this.host.launcher.setAttribute('aria-expanded', 'true');
    this.host.launcher.setAttribute('aria-label', this.t('close'));
    this.input.focus();
    if (!this.hasGreeted) void this.begin();
    this.host.emit('open');
  }

  close(): void {
    if (!this.isOpen) return;
    this.panel.hidden = true;
    this.host.launcher.setAttribute('aria-expanded', 'false');
    this.host.launcher.setAttribute('aria-label', this.t('open'));
    this.host.launcher.focus();
    this.host.emit('close');
  }

  async send(text: string): Promise<void> {
    const said = text.trim();
    if (said === '' || this.isBusy) return;
    if ([...said].length > MESSAGE_CHARACTERS_MAX) {
      this.note.textContent = this.t('too_long', { max: MESSAGE_CHARACTERS_MAX });
      return;
    }
    this.chips?.remove();
    this.log.append(visitorMessage(said));
    this.host.emit('messageSent', { text: said });
    await this.answer(said, crypto.randomUUID());
  }

  destroy(): void {
    this.darkScheme.removeEventListener('change', this.paint);
    this.panel.remove();
  }

  /** One turn; a failed one can be tried again under the same client id. */
  private async answer(text: string, clientId: string): Promise<void> {
    this.isBusy = true;
    this.showSendable();
    const view = new AnswerView(this.t, () => this.followEnd());
    this.log.append(view.element);
    this.followsEnd = true;
    this.followEnd();
    try {
      const completed = await ask(this.host.session, text, clientId, (soFar) => view.grow(soFar));
      view.complete(completed);
      this.live.textContent = this.t('answered', { name: this.name, text: completed.text });
      this.host.emit('messageReceived', { text: completed.text, outcome: completed.outcome, citations: completed.citations.length });
    } catch (error) {
      view.element.remove();
      const failure = failureView(error, this.t, () => {
        failure.remove();
        this.input.focus();
        void this.answer(text, clientId);
      });
      this.log.append(failure);
      this.followEnd();
      this.host.emit('error', { message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.isBusy = false;
      this.showSendable();
    }
  }

  /** Greets, and brings back what was said before a reload. */
  private async begin(): Promise<void> {
    this.hasGreeted = true;
    const greeting = new AnswerView(this.t, () => undefined);
    const text = this.host.option('welcome-message') ?? (this.host.session.config?.greeting_message || this.t('greeting'));
    greeting.complete({ text, citations: [] });
    this.log.append(greeting.element);
    if (this.host.session.seq === 0) {
      this.suggest();
      return;
    }
    try {
      const past = await loadHistory(this.host.session);
      const views = past.map((message) => {
        if (message.role === 'visitor') return visitorMessage(message.text);
        const view = new AnswerView(this.t, () => undefined);
        view.complete({ text: message.text, citations: [] });
        return view.element;
      });
      greeting.element.after(...views);
      this.followEnd();
    } catch (error) {
      this.host.emit('error', { message: error instanceof Error ? error.message : String(error) });
    }
  }

  private suggest(): void {
    const texts = suggestionsOf(this.host.option('suggestions'));
    if (texts.length === 0) return;
    this.chips = make('ul', { class: 'chips', role: 'list', 'aria-label': this.t('suggestions') });
    for (const text of texts) {
      const chip = make('button', { type: 'button', class: 'chip', dir: 'auto' }, text);
      chip.addEventListener('click', () => {
        this.input.focus();
        void this.send(text);
      });
      this.chips.append(make('li', {}, chip));
    }
    this.log.append(this.chips);
  }

  private header(emoji: string, tagline: string): HTMLElement {
    const closeButton = make('button', { type: 'button', class: 'plain', 'aria-label': this.t('close') }, icon('M6 6l12 12M18 6 6 18'));
    closeButton.addEventListener('click', () => this.close());
    const face = make('div', { class: 'face', 'aria-hidden': 'true' }, emoji || ([...this.name][0] ?? ''));
    const names = make('div', { class: 'names' }, make('h2', {}, make('bdi', {}, this.name)), make('p', {}, make('bdi', {}, tagline || this.t('subtitle'))));
    return make('header', {}, face, names, closeButton);
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
    this.input.addEventListener('input', () => this.showSendable());
    this.log.addEventListener('scroll', () => {
      this.followsEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    });
    this.panel.addEventListener('keydown', (event) => this.onKey(event));
    this.darkScheme.addEventListener('change', this.paint);
  }

  private submit(): void {
    const text = this.input.value;
    if (this.isBusy || text.trim() === '') return;
    void this.send(text);
    if (this.note.textContent === '') this.input.value = '';
    this.showSendable();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      this.close();
      return;
    }
    if (event.key !== 'Tab') return;
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

  /** The composer grows with its text; the button says whether there is something to send. */
  private showSendable(): void {
    const isLong = [...this.input.value].length > MESSAGE_CHARACTERS_MAX;
    this.note.textContent = isLong ? this.t('too_long', { max: MESSAGE_CHARACTERS_MAX }) : '';
    this.sendButton.setAttribute('aria-disabled', String(this.isBusy || this.input.value.trim() === ''));
    this.input.style.blockSize = 'auto';
    if (this.input.scrollHeight > 0) this.input.style.blockSize = `${Math.min(132, this.input.scrollHeight + 2)}px`;
  }

  private followEnd(): void {
    if (this.followsEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  /** Applies theme and colours; the customer's colour is corrected where text is drawn in it. */
  private readonly paint = (): void => {
    const theme = this.host.option('theme') ?? this.host.session.config?.theme ?? 'auto';
    this.panel.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && this.darkScheme.matches));
    const color = parseColor(getComputedStyle(this.host.element).getPropertyValue('--g-primary')) ?? [37, 99, 235];
    this.panel.style.setProperty('--g-accent-light', hex(readableOn(color, [243, 244, 247])));
    this.panel.style.setProperty('--g-accent-dark', hex(readableOn(color, [34, 38, 46])));
  };
}
