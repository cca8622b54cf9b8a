// The file every page carries: opens the session, shows the launcher when the origin is welcome, fetches the rest on demand.
import { chooseLanguage } from '@guildhall/i18n/src/language';
import { parseColor, textOn } from './color';
import type { ChatElement, Host, InitOptions, Methods } from './contract';
import { keep, kept, knock, OPEN_TIMEOUT_MS, shelfOf, type Door, type SessionAnswer } from './door';
import { launcherStyle } from './launcher_style';
import { attributeOf, isOn, numberOf } from './options';

/** Names the content-hashed files of this build; the build fills it in. */
declare const GUILDHALL_BUILD: string;

const TAG = 'guildhall-chat';
const METHODS = ['open', 'close', 'toggle', 'sendMessage', 'clearConversation', 'setConfig', 'getConversation', 'identify', 'reset', 'setContext', 'requestHuman'] as const;
const script = document.currentScript as HTMLScriptElement | null;
const page = document.documentElement;
const scripts: Record<string, Promise<void> | undefined> = {};
let base = new URL('.', script?.src || location.href).href;
let policy: { createScriptURL(url: string): string } | undefined;

/** The one Trusted Types policy: it knows the addresses the loader itself would load. */
function trusted(url: string): string {
  const rules = {
    createScriptURL: (asked: string) => {
      if (!asked.startsWith(base)) throw new TypeError('guildhall: refused script address');
      return asked;
    },
  };
  policy ??= (window as unknown as { trustedTypes?: { createPolicy(name: string, rules: object): typeof policy } }).trustedTypes?.createPolicy('guildhall', rules) ?? rules;
  return policy.createScriptURL(url);
}

function load(name: string): Promise<void> {
  return (scripts[name] ??= new Promise<void>((resolve, reject) => {
    const tag = document.createElement('script');
    tag.onload = tag.onerror = (event) => {
      tag.remove();
      if ((event as Event).type === 'load') return resolve();
      scripts[name] = undefined;
      reject(new Error('guildhall: the chat could not be loaded'));
    };
    tag.src = trusted(`${base}${name}-${GUILDHALL_BUILD}.js`);
    document.head.append(tag);
  }));
}

class Element extends HTMLElement {
  /** Settles when the launcher stands, or is hidden because the session was refused. */
  whenReady: Promise<void> | undefined;
  private host: Host | undefined;
  private methods: Promise<Methods | undefined> | undefined;

  connectedCallback(): void {
    this.whenReady ??= this.start();
  }
  /** Moved within the page it goes on; taken off the page it ends, and begins anew where it is put again. */
  disconnectedCallback(): void {
    setTimeout(() => this.isConnected || void this.destroy());
  }

  async on(name: string, listener: EventListener): Promise<void> {
    this.addEventListener(`guildhall:${name}`, listener);
  }
  async off(name: string, listener: EventListener): Promise<void> {
    this.removeEventListener(`guildhall:${name}`, listener);
  }
  /** Leaves nothing behind but what the next visit goes on with; reset() takes that too. */
  async destroy(): Promise<void> {
    this.remove();
    const methods = this.methods;
    this.methods = this.host = this.whenReady = undefined;
    await (await methods)?.destroy();
  }

  /** What the methods of the page are handed on to; undefined while there is no session, or when the rest cannot be fetched. */
  async ask(): Promise<Methods | undefined> {
    await this.whenReady;
    const host = this.host;
    if (!host) return;
    this.methods ??= Promise.all([load('ui'), host.speak()])
      .then(() => window.Guildhall?.mount?.(host))
      .catch((error: unknown) => {
        this.methods = undefined;
        host.emit('error', { message: String(error) });
        return undefined;
      });
    return this.methods;
  }

  private async start(): Promise<void> {
    this.hidden = true;
    const option = (name: string): string | null => this.getAttribute(name);
    const emit: Host['emit'] = (name, detail = {}) => void this.dispatchEvent(new CustomEvent(`guildhall:${name}`, { bubbles: true, composed: true, detail }));
    if (!isOn(option('show-on-mobile') ?? 'on') && matchMedia('(max-width:480px)').matches) return;
    const door: Door = {
      base,
      key: option('widget-key') ?? option('widget-id') ?? '',
      locale: option('language') || page.lang || navigator.language,
      shelf: shelfOf(option('persistence')),
    };
    try {
      const answer = await knock(door, kept(door), OPEN_TIMEOUT_MS);
      if (!answer.ok) throw new Error(`guildhall: the server refused this page (${answer.status})`);
      const first = (await answer.json()) as SessionAnswer;
      keep(door, first.resume_token);
      this.host = this.makeHost(door, first, option, emit);
      const isInline = isOn(option('inline') ?? 'on');
      const show = (): void => void (this.hidden = false);
      if (isInline) show();
      else setTimeout(show, numberOf(option('delay-seconds'), 0, 60, 0) * 1_000);
      emit('ready');
      const prepare = (): void => void this.ask();
      if (isInline) prepare();
      else if ('requestIdleCallback' in window) requestIdleCallback(prepare, { timeout: 4_000 });
      else setTimeout(prepare, 1_500);
      const auto = option('auto-open');
      if (isOn(auto)) setTimeout(() => void this.chat.open(), numberOf(auto, 2, 60_000, 3_000));
    } catch (error) {
      emit('error', { message: String(error) });
    }
  }

  private get chat(): ChatElement {
    return this as unknown as ChatElement;
  }

  private makeHost(door: Door, first: SessionAnswer, option: Host['option'], emit: Host['emit']): Host {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(launcherStyle);
    root.adoptedStyleSheets = [sheet];
    const launcher = document.createElement('button');
    launcher.onclick = () => {
      this.hidden = false;
      launcher.ariaBusy = 'true';
      void this.chat.toggle().then(() => (launcher.ariaBusy = 'false'));
    };
    launcher.onpointerenter = () => void this.ask();
    launcher.setAttribute('aria-label', 'Chat');
    launcher.setAttribute('aria-haspopup', 'dialog');
    root.replaceChildren(launcher);
    const { config } = first;
    const dress = (): void => {
      const color = [option('primary-color'), config.primary_color].find((wanted) => parseColor(wanted ?? '')) ?? '#2563eb';
      const set = (name: string, value: string): void => this.style.setProperty(`--g-${name}`, value);
      set('primary', color);
      set('on-primary', textOn(parseColor(color) ?? [0, 0, 0]));
      set('offset', `${numberOf(option('offset'), 0, 400, 20)}px`);
      set('button', `${numberOf(option('button-size'), 44, 120, 56)}px`);
      set('z', String(numberOf(option('z-index'), -2147483648, 2147483647, 999999)));
      launcher.className = `launcher ${(option('position') ?? config.position) === 'bottom-left' ? 'left' : 'right'}`;
      launcher.replaceChildren(option('button-icon')?.slice(0, 8) || icon());
    };
    const speak = (): Promise<void> => {
      host.language = chooseLanguage([option('language'), page.lang, config.language, navigator.language]);
      // Without its texts the chat speaks English.
      return host.language === 'en' ? Promise.resolve() : load(host.language).catch(() => undefined);
    };
    const host: Host = { element: this, root, launcher, door, first, language: 'en', option, emit, speak, dress };
    dress();
    return host;
  }
}

for (const name of METHODS)
  (Element.prototype as unknown as Record<string, unknown>)[name] = async function (this: Element, ...given: never[]) {
    const methods = (await this.ask()) as Record<string, (...given: never[]) => unknown> | undefined;
    return methods?.[name]?.(...given);
  };

function icon(): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', 'M4 5.5h16v11H11l-4.5 3.5v-3.5H4zM8 9.5h8M8 12.5h5');
  svg.append(path);
  return svg;
}

/** `host` names the server where no script tag does: the loader imported as a module. */
async function init({ host, ...options }: InitOptions): Promise<HTMLElement> {
  if (host) base = new URL('/widget/v1/', String(host)).href;
  const element = new Element();
  // An element the page's author wrote stands where it was written; one that comes from a script floats.
  element.setAttribute('inline', 'false');
  for (const [name, value] of Object.entries(options)) {
    const attribute = attributeOf(name, value);
    if (attribute) element.setAttribute(...attribute);
  }
  document.body.append(element);
  await element.whenReady;
  return element;
}

if (!customElements.get(TAG)) {
  customElements.define(TAG, Element);
  window.Guildhall = { init };
  const data = { ...script?.dataset };
  if (data['widgetKey'] || data['widgetId']) {
    if (document.body) void init(data);
    else document.addEventListener('DOMContentLoaded', () => void init(data));
  }
}
