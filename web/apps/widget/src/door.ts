// The first call of every visit: opens a session by origin (contracts/support-partner.md §4.4), and the shelf where the page keeps
// what the next visit goes on with. Shared by the loader and the user interface.

export const OPEN_TIMEOUT_MS = 3_000;

/** The server's part of the configuration. */
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

export interface SessionAnswer {
  session_token: string;
  resume_token: string;
  config: WidgetConfig;
  conversation: { id: string; state?: string; epoch?: number; person?: string };
  /** Number of the last entry. */
  seq: number;
}

export interface Door {
  base: string;
  /** Widget key or public id. */
  key: string;
  locale: string;
  /** Where this page may keep things; null for `persistence: none` and where the browser forbids it. */
  shelf: Storage | null;
}

export function shelfOf(persistence: string | null): Storage | null {
  try {
    return persistence === 'none' ? null : persistence === 'session' ? sessionStorage : localStorage;
  } catch {
    return null;
  }
}

export function kept(door: Door, name = ''): string | null {
  return door.shelf?.getItem(`guildhall:${door.key}${name}`) ?? null;
}

export function keep(door: Door, value: string, name = ''): void {
  try {
    if (value) door.shelf?.setItem(`guildhall:${door.key}${name}`, value);
    else door.shelf?.removeItem(`guildhall:${door.key}${name}`);
  } catch {
    // A full or forbidden store costs the resumption after a reload, nothing else.
  }
}

/** Answers within `timeoutMs` or rejects: a page does not wait for its chat. */
export async function knock(door: Door, resumeToken: string | null, timeoutMs: number): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    return await fetch(`${door.base}sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ widget_key: door.key, resume_token: resumeToken ?? undefined, locale: door.locale, page_url: location.origin + location.pathname }),
      signal: abort.signal,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } finally {
    clearTimeout(timer);
  }
}
