// The file every page carries: opens the session, shows the launcher when the origin is welcome, fetches the rest on demand.
import { chooseLanguage } from '@guildhall/i18n/src/language';
import { openLabels } from '@guildhall/i18n/src/launcher';
import { parseColor, hex, textOn } from './color';
import type { Host, InitOptions, Mount, Panel } from './contract';
import { launcherStyle } from './launcher_style';
import { attributeOf, isOn } from './options';
import { Session } from './session';

/** The content-hashed file of the user interface; the build fills it in. */
declare const GUILDHALL_UI_FILE: string;

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
}

const TAG = 'guildhall-chat';
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
const base = new URL('.', script?.src ?? location.href).href;

let loading: Promise<Mount> | null = null;

/** The one Trusted Types policy: it knows the one address the loader itself would load. */
function trusted(url: string): string {
  const factory = (window as unknown as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (!factory) return url;
  return factory
    .createPolicy('guildhall', {
      createScriptURL(asked) {
        if (asked !== base + GUILDHALL_UI_FILE) throw new TypeError('guildhall: refused script address');
        return asked;
      },
    })
    .createScriptURL(url);
}

function loadInterface(): Promise<Mount> {
  loading ??= new Promise<Mount>((resolve, reject) => {
    const tag = document.createElement('script');
    const fail = (): void => {
      loading = null;
      tag.remove();
      reject(new Error('guildhall: the chat could not be loaded'));
    };
    tag.addEventListener('load', () => {
      const mount = window.Guildhall?.mount;
      if (mount) resolve(mount);
      else fail();
    });
    tag.addEventListener('error', fail);
    tag.async = true;
    tag.src = trusted(base + GUILDHALL_UI_FILE);
    document.head.append(tag);
  });
  return loading;
}

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(run, { timeout: 4_000 });
  else setTimeout(run, 1_500);
}

class GuildhallChat extends HTMLElement {
  /** Settles when the launcher stands, or is hidden because the session was refused. */
  readonly whenReady: Promise<void>;
  private settle: () => void = () => undefined;
  private host: Host | null = null;
  private panel: Promise<Panel> | null = null;
  private hasStarted = false;

  constructor() {
    super();
    this.whenReady = new Promise((resolve) => (this.settle = resolve));
  }

  connectedCallback(): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    void this.start();
  }

  async open(): Promise<void> {
    (await this.ready())?.open();
  }
  async close(): Promise<void> {
    (await this.panel)?.close();
  }
  async toggle(): Promise<void> {
    const panel = await this.ready();
    if (panel?.isOpen) panel.close();
    else panel?.open();
  }
  async sendMessage(text: string): Promise<void> {
    const panel = await this.ready();
    panel?.open();
    await panel?.send(text);
  }
  /** Leaves nothing behind but the resume token. */
  async destroy(): Promise<void> {
    this.remove();
    (await this.panel)?.destroy();
  }

  private async start(): Promise<void> {
    this.hidden = true;
    const host = this.makeHost();
    try {
      const config = await host.session.open();
      this.dress(host, config.primary_color, config.position);
      this.hidden = false;
      this.host = host;
      host.emit('ready');
      whenIdle(() => void loadInterface().catch(() => undefined));
      if (isOn(this.getAttribute('auto-open'))) setTimeout(() => void this.open(), 3_000);
    } catch (error) {
      host.emit('error', { message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.settle();
    }
  }

  /** The panel once the session stands; nothing while there is none, or when the rest of the widget cannot be fetched. */
  private async ready(): Promise<Panel | null> {
    await this.whenReady;
    if (!this.host) return null;
    this.panel ??= this.makePanel(this.host);
    return this.panel.catch(() => null);
  }

  private async makePanel(host: Host): Promise<Panel> {
    host.launcher.setAttribute('aria-busy', 'true');
    try {
      return (await loadInterface())(host);
    } catch (error) {
      this.panel = null;
      host.emit('error', { message: String(error) });
      throw error;
    } finally {
      host.launcher.removeAttribute('aria-busy');
    }
  }

  private makeHost(): Host {
    const option = (name: string): string | null => this.getAttribute(name);
    const language = chooseLanguage([option('language'), document.documentElement.lang, navigator.language]);
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(launcherStyle);
    root.adoptedStyleSheets = [sheet];
    const launcher = document.createElement('button');
    launcher.type = 'button';
    launcher.setAttribute('aria-label', openLabels[language]);
    launcher.setAttribute('aria-haspopup', 'dialog');
    launcher.setAttribute('aria-expanded', 'false');
    launcher.append(icon());
    launcher.addEventListener('click', () => void this.toggle());
    launcher.addEventListener('pointerenter', () => void loadInterface().catch(() => undefined), { once: true });
    root.append(launcher);
    const session = new Session({
      base,
      key: option('widget-key'),
      widgetId: option('widget-id'),
      locale: option('language') ?? (document.documentElement.lang || navigator.language),
      persistence: option('persistence') ?? 'local',
    });
    const emit = (name: string, detail: Readonly<Record<string, unknown>> = {}): void => {
      this.dispatchEvent(new CustomEvent(`guildhall:${name}`, { bubbles: true, composed: true, detail }));
    };
    return { element: this, root, launcher, session, option, emit };
  }

  private dress(host: Host, serverColor: string, serverPosition: string): void {
    const color = parseColor(host.option('primary-color') ?? '') ?? parseColor(serverColor) ?? [37, 99, 235];
    this.style.setProperty('--g-primary', hex(color));
    this.style.setProperty('--g-on-primary', textOn(color));
    const offset = Number(host.option('offset') ?? NaN);
    if (offset >= 0 && offset <= 400) this.style.setProperty('--g-offset', `${offset}px`);
    const z = Number(host.option('z-index') ?? NaN);
    if (Number.isInteger(z)) this.style.setProperty('--g-z', String(z));
    const position = host.option('position') ?? serverPosition;
    host.launcher.className = `launcher ${position === 'bottom-left' ? 'left' : 'right'}`;
  }
}

function icon(): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', 'M4 5.5h16v11H11l-4.5 3.5v-3.5H4zM8 9.5h8M8 12.5h5');
  svg.append(path);
  return svg;
}

async function init(options: InitOptions): Promise<HTMLElement> {
  const element = new GuildhallChat();
  for (const [name, value] of Object.entries(options)) {
    const attribute = attributeOf(name, value);
    if (attribute) element.setAttribute(...attribute);
  }
  document.body.append(element);
  await element.whenReady;
  return element;
}

if (!customElements.get(TAG)) {
  customElements.define(TAG, GuildhallChat);
  window.Guildhall = { init };
  const data = { ...script?.dataset };
  if (data['widgetKey'] !== undefined || data['widgetId'] !== undefined) {
    if (document.body) void init(data);
    else document.addEventListener('DOMContentLoaded', () => void init(data), { once: true });
  }
}
