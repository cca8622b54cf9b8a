// The visitor's session with the server: opened by origin, renewed by the resume token, never in a URL.
import type { WidgetConfig } from './contract';

const OPEN_TIMEOUT_MS = 3_000;
const RENEW_AFTER_MS = 14 * 60_000;

/** What the server refused, or `network` when it was not reached. */
export class CallError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly requestId: string,
    readonly retryAfterS: number,
  ) {
    super(message);
  }
}

export interface SessionOptions {
  base: string;
  key: string | null;
  widgetId: string | null;
  locale: string;
  persistence: string;
}

interface SessionAnswer {
  session_token: string;
  resume_token: string;
  config: WidgetConfig;
  conversation: { id: string };
  seq: number;
}

export class Session {
  config: WidgetConfig | null = null;
  conversation = '';
  /** Messages the conversation had when the session was opened. */
  seq = 0;
  private token = '';
  private resumeToken: string | null = null;
  private openedAt = 0;

  constructor(private readonly options: SessionOptions) {}

  async open(): Promise<WidgetConfig> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), OPEN_TIMEOUT_MS);
    try {
      const { key, widgetId, locale } = this.options;
      const body = {
        ...(key === null ? { widget_id: widgetId } : { widget_key: key }),
        resume_token: this.resumeToken ?? this.stored(),
        locale,
        page_url: location.origin + location.pathname,
      };
      const response = await this.fetch('sessions', { method: 'POST', body: JSON.stringify(body), signal: abort.signal }, false);
      const answer = (await response.json()) as SessionAnswer;
      this.token = answer.session_token;
      this.resumeToken = answer.resume_token;
      this.conversation = answer.conversation.id;
      this.seq = answer.seq;
      this.config = answer.config;
      this.openedAt = Date.now();
      this.store(answer.resume_token);
      return answer.config;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A call about this conversation. The token is renewed before it ends, and once when the server says it has. */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    if (Date.now() - this.openedAt > RENEW_AFTER_MS) await this.open();
    const url = (): string => `conversations/${this.conversation}/${path}`;
    try {
      return await this.fetch(url(), init, true);
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 401) throw error;
      await this.open();
      return this.fetch(url(), init, true);
    }
  }

  private async fetch(path: string, init: RequestInit, isAuthorized: boolean): Promise<Response> {
    const headers: Record<string, string> = {};
    if (init.body !== undefined) headers['Content-Type'] = 'application/json';
    if (isAuthorized) headers['Authorization'] = `Bearer ${this.token}`;
    let response: Response;
    try {
      response = await fetch(this.options.base + path, { ...init, headers, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' });
    } catch {
      throw new CallError('network', 0, 'the server was not reached', '', 0);
    }
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  private get shelf(): Storage | null {
    try {
      if (this.options.persistence === 'none') return null;
      return this.options.persistence === 'session' ? sessionStorage : localStorage;
    } catch {
      return null;
    }
  }
  private get shelfKey(): string {
    return `guildhall:${this.options.key ?? this.options.widgetId ?? ''}`;
  }
  private stored(): string | undefined {
    return this.shelf?.getItem(this.shelfKey) ?? undefined;
  }
  private store(token: string): void {
    try {
      this.shelf?.setItem(this.shelfKey, token);
    } catch {
      // A full or forbidden store costs the resumption after a reload, nothing else.
    }
  }
}

async function refusalOf(response: Response): Promise<CallError> {
  let error: { code?: string; message?: string; request_id?: string } = {};
  try {
    error = ((await response.json()) as { error?: typeof error }).error ?? {};
  } catch {
    // Not our server's shape, e.g. a proxy's page: the status has to do.
  }
  const retryAfterS = Number(response.headers.get('Retry-After') ?? '0') || 0;
  return new CallError(error.code ?? 'internal_error', response.status, error.message ?? '', error.request_id ?? '', retryAfterS);
}
