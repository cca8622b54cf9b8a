// The user interface, fetched on first open or idle: what the page's methods do (contracts/support-partner.md §4.3).
import { realClock } from '@guildhall/sse';
import { Chat } from './chat';
import type { ConversationView, Host, InitOptions, Methods } from './contract';
import { keep } from './door';
import { attributeOf } from './options';
import { Panel } from './panel';
import { panelStyle } from './panel_style';

class Widget implements Methods {
  private readonly chat: Chat;
  private panel: Panel;

  constructor(private readonly host: Host) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(panelStyle);
    host.root.adoptedStyleSheets = [...host.root.adoptedStyleSheets, sheet];
    this.chat = new Chat({ door: host.door, first: host.first, clock: realClock, emit: (name, detail) => host.emit(name, detail) });
    this.panel = this.makePanel();
    addEventListener('online', this.wake);
    addEventListener('pageshow', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    if (this.chat.isLive) void this.chat.begin();
  }

  async open(): Promise<void> {
    this.panel.open();
  }
  async close(): Promise<void> {
    this.panel.close();
  }
  async toggle(): Promise<void> {
    if (this.panel.isOpen) this.panel.close();
    else this.panel.open();
  }

  /** Resolves when the server has it. */
  async sendMessage(text: string): Promise<void> {
    this.panel.open();
    if (!(await this.panel.send(String(text)))) throw new Error('guildhall: the message was not sent');
  }

  /** A new conversation; the old one stays with the server. */
  clearConversation(): Promise<void> {
    return this.chat.restart();
  }

  async setConfig(options: InitOptions): Promise<void> {
    const { host } = this;
    for (const [name, value] of Object.entries(options)) {
      const attribute = attributeOf(name, value);
      if (attribute) host.element.setAttribute(...attribute);
    }
    host.door.locale = host.option('language') || host.door.locale;
    await host.speak();
    const wasOpen = this.panel.isOpen;
    this.panel.destroy();
    host.dress();
    this.panel = this.makePanel();
    if (wasOpen) this.panel.open();
  }

  async getConversation(): Promise<ConversationView> {
    const { conversation, unread } = this.chat;
    const messages = conversation.messages.map(({ id, role, text, createdAt }) => ({ id, role, text, createdAt }));
    return { id: conversation.id, state: conversation.state, person: conversation.person, unread, messages };
  }

  identify(): Promise<void> {
    return Promise.reject(new Error('guildhall: this server does not verify identities yet; the visitor stays anonymous'));
  }

  /** Forgets this visitor: what the page kept, and the conversation shown. */
  async reset(): Promise<void> {
    this.panel.close();
    for (const name of ['', ':read', ':unsent', ':sound']) keep(this.host.door, '', name);
    await this.chat.restart();
  }

  /** The page the visitor is on and the language they read, sent with every message. */
  async setContext(context: Readonly<Record<string, unknown>>): Promise<void> {
    const { pageUrl, locale, ...others } = context;
    const unknown = Object.keys(others);
    if (unknown.length > 0) throw new Error(`guildhall: the context has no member ${unknown.join(', ')}; it takes pageUrl and locale`);
    this.chat.setContext({ ...(pageUrl === undefined ? {} : { page_url: String(pageUrl) }), ...(locale === undefined ? {} : { locale: String(locale) }) });
  }

  async requestHuman(): Promise<void> {
    this.panel.open();
    await this.panel.requestHuman();
  }

  async destroy(): Promise<void> {
    removeEventListener('online', this.wake);
    removeEventListener('pageshow', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    this.panel.close();
    this.chat.destroy();
    this.panel.destroy();
  }

  private makePanel(): Panel {
    const panel = new Panel(this.host, this.chat);
    this.chat.view = panel;
    if (panel.isInline) this.chat.setOpen(true);
    return panel;
  }

  private readonly wake = (): void => {
    if (document.visibilityState === 'visible') this.chat.wake();
  };
}

if (window.Guildhall) window.Guildhall.mount = (host) => new Widget(host);
