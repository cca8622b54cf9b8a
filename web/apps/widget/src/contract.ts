// What the loader and the user interface share. The two are separate files: the loader is on every page, the other comes on demand.
import type { Session } from './session';

/** The server's part of the configuration (contracts/support-partner.md §4.4, `config`). */
export interface WidgetConfig {
  agent_name: string;
  greeting_message: string;
  avatar_emoji: string;
  tagline: string;
  language: string;
  primary_color: string;
  theme: string;
  position: string;
}

export interface Host {
  element: HTMLElement;
  root: ShadowRoot;
  launcher: HTMLButtonElement;
  session: Session;
  option(name: string): string | null;
  emit(name: string, detail?: Readonly<Record<string, unknown>>): void;
}

export interface Panel {
  readonly isOpen: boolean;
  open(): void;
  close(): void;
  send(text: string): Promise<void>;
  destroy(): void;
}

export type Mount = (host: Host) => Panel;

export type InitOptions = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface GuildhallGlobal {
  init(options: InitOptions): Promise<HTMLElement>;
  mount?: Mount;
}

declare global {
  interface Window {
    Guildhall?: GuildhallGlobal;
  }
}
