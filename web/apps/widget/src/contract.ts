// What the loader and the user interface share. The two are separate files: the loader is on every page, the other comes on demand.
import type { Texts } from '@guildhall/i18n';
import type { Door, SessionAnswer } from './door';

export interface Host {
  element: HTMLElement;
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  door: Door;
  /** How the session began. */
  first: SessionAnswer;
  language: string;
  option(name: string): string | null;
  emit(name: string, detail?: Readonly<Record<string, unknown>>): void;
  /** Chooses `language` by the options and fetches its texts. */
  speak(): Promise<void>;
  /** Applies the options of launcher and host element again. */
  dress(): void;
}

export type OptionValue = string | number | boolean | null | undefined | readonly unknown[] | Readonly<Record<string, unknown>>;
export type InitOptions = Readonly<Record<string, OptionValue>>;

/** Every method a page calls; the loader hands them on when the user interface is there (contracts/support-partner.md §4.3). */
export interface Methods {
  open(): Promise<void>;
  close(): Promise<void>;
  toggle(): Promise<void>;
  sendMessage(text: string): Promise<void>;
  clearConversation(): Promise<void>;
  setConfig(options: InitOptions): Promise<void>;
  getConversation(): Promise<ConversationView>;
  identify(identity: unknown): Promise<void>;
  reset(): Promise<void>;
  setContext(context: Readonly<Record<string, unknown>>): Promise<void>;
  requestHuman(): Promise<void>;
  destroy(): Promise<void>;
}

/** The element itself: every method, and listening. */
export interface ChatElement extends HTMLElement, Methods {
  on(name: string, listener: (event: CustomEvent) => void): Promise<void>;
  off(name: string, listener: (event: CustomEvent) => void): Promise<void>;
}

export interface ConversationView {
  id: string;
  state: string;
  person: string;
  unread: number;
  messages: { id: string; role: string; text: string; createdAt: string }[];
}

export type Mount = (host: Host) => Methods;

export interface GuildhallGlobal {
  init(options: InitOptions): Promise<HTMLElement>;
  mount?: Mount;
  texts?: Record<string, Texts>;
}

declare global {
  interface Window {
    Guildhall?: GuildhallGlobal;
  }
}
