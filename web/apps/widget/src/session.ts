// The visitor's session with the server: renewed by the resume token, never in a URL.
import { keep, kept, knock, type Door, type SessionAnswer, type WidgetConfig } from './door';

const RENEW_AFTER_MS = 14 * 60_000;
/** A chat that stands may wait longer than a page that has none yet. */
const RENEW_TIMEOUT_MS = 15_000;

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

export class Session {
  config: WidgetConfig;
  conversation: SessionAnswer['conversation'];
  seq: number;
  /** Called when the session goes on with another conversation than before. */
  onMoved: () => void = () => undefined;
  private token: string;
  private resumeToken: string | null;
  private openedAt: number;
  private opening: Promise<void> | null = null;

  constructor(
    private readonly door: Door,
    first: SessionAnswer,
    private readonly now: () => number,
  ) {
    this.config = first.config;
    this.conversation = first.conversation;
    this.seq = first.seq;
    this.token = first.session_token;
    this.resumeToken = first.resume_token;
    this.openedAt = now();
  }

  /** A call about this conversation; `path` is asked for again after a renewal. The token is renewed before it ends, and once when
   * the server says it has. */
  async call(path: () => string, init: RequestInit = {}): Promise<Response> {
    if (this.now() - this.openedAt > RENEW_AFTER_MS) await this.renew();
    const used = this.token;
    try {
      return await this.fetch(path(), init);
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 401) throw error;
      if (used === this.token) await this.renew();
      return this.fetch(path(), init);
    }
  }

  async post(path: string, body?: unknown, method = 'POST'): Promise<Response> {
    return this.call(() => path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  /** A new token; parallel calls share one renewal. */
  renew(): Promise<void> {
    return (this.opening ??= this.open(this.resumeToken ?? kept(this.door)).finally(() => (this.opening = null)));
  }

  /** Another conversation; the old one stays with the server. */
  async restart(): Promise<void> {
    await this.open(null);
  }

  private async open(resumeToken: string | null): Promise<void> {
    const response = await knock(this.door, resumeToken, RENEW_TIMEOUT_MS).catch(() => {
      throw unreached();
    });
    if (!response.ok) throw await refusalOf(response);
    const answer = (await response.json()) as SessionAnswer;
    const isMoved = answer.conversation.id !== this.conversation.id;
    this.token = answer.session_token;
    this.resumeToken = answer.resume_token;
    this.config = answer.config;
    this.conversation = answer.conversation;
    this.seq = answer.seq;
    this.openedAt = this.now();
    keep(this.door, answer.resume_token);
    if (isMoved) this.onMoved();
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (init.body !== undefined) headers['Content-Type'] = 'application/json';
    const url = `${this.door.base}conversations/${this.conversation.id}/${path}`;
    const response = await fetch(url, { ...init, headers, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' }).catch(() => {
      throw unreached();
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

function unreached(): CallError {
  return new CallError('network', 0, 'the server was not reached', '', 0);
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
