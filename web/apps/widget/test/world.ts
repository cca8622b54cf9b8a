// A page without a browser and a server without a network, for tests of what lies between.
import { FedStream, ManualClock, settled } from '@guildhall/testing';
import { Chat, type ChatView } from '../src/chat';
import type { Door, SessionAnswer } from '../src/door';

export interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown>;
  authorization: string | undefined;
}

export const refused = (status: number, code: string, retryAfterS = 0): Response =>
  Response.json({ error: { code, message: 'no', request_id: 'r1' } }, { status, headers: retryAfterS > 0 ? { 'Retry-After': String(retryAfterS) } : {} });

export function answerOf(id: string, seq = 0, state = 'bot'): SessionAnswer {
  const config = { agent_name: 'Ada', greeting_message: '', avatar_emoji: '', tagline: '', language: '', primary_color: '', theme: '', position: '' };
  return { session_token: `wt_${id}`, resume_token: `wr_${id}`, config, conversation: { id, state, epoch: 1, person: '' }, seq };
}

/** Things kept as a browser keeps them. */
export class Shelf implements Storage {
  private readonly things = new Map<string, string>();
  get length(): number {
    return this.things.size;
  }
  clear(): void {
    this.things.clear();
  }
  key(index: number): string | null {
    return [...this.things.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.things.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.things.set(key, value);
  }
  removeItem(key: string): void {
    this.things.delete(key);
  }
}

export class World {
  readonly clock = new ManualClock();
  readonly shelf = new Shelf();
  readonly asked: Asked[] = [];
  readonly streams: FedStream[] = [];
  readonly emitted: string[] = [];
  readonly unreads: number[] = [];
  readonly arrivals: string[] = [];
  /** Answers by "METHOD path-without-query"; a missing one is a server that is not reached. */
  readonly answers = new Map<string, () => Response>();
  isSeen = true;

  constructor() {
    Object.assign(globalThis, { location: { origin: 'https://shop.example', pathname: '/tents' } });
    // One tab without locks or channels: every chat follows its own stream.
    for (const name of ['BroadcastChannel', 'navigator']) Object.defineProperty(globalThis, name, { value: name === 'navigator' ? {} : undefined, configurable: true, writable: true });
    globalThis.fetch = (async (url: unknown, init: RequestInit = {}) => {
      const path = String(url).replace('https://host/widget/v1/', '').replace(/^conversations\/[^/]+\//, '');
      const headers = (init.headers ?? {}) as Record<string, string>;
      const method = init.method ?? 'GET';
      this.asked.push({ method, path, body: typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {}, authorization: headers['Authorization'] });
      const answer = this.answers.get(`${method} ${path.split('?')[0] ?? ''}`);
      if (!answer) throw new TypeError('unreachable');
      return answer();
    }) as typeof fetch;
    this.answers.set('GET events', () => {
      const stream = new FedStream();
      this.streams.push(stream);
      return stream.response;
    });
    this.answers.set('POST read', () => new Response(null, { status: 204 }));
  }

  get door(): Door {
    return { base: 'https://host/widget/v1/', key: 'pk_1', locale: 'de', shelf: this.shelf };
  }
  get stream(): FedStream {
    const last = this.streams[this.streams.length - 1];
    if (!last) throw new Error('nobody follows');
    return last;
  }
  asks(method: string, path: string): Asked[] {
    return this.asked.filter((one) => one.method === method && one.path.split('?')[0] === path);
  }

  chat(first: SessionAnswer): Chat {
    const chat = new Chat({ door: this.door, first, clock: this.clock, emit: (name, detail) => this.emitted.push(`${name} ${JSON.stringify(detail ?? {})}`) });
    const view: ChatView = {
      isSeen: () => this.isSeen,
      message: () => undefined,
      removed: () => undefined,
      status: () => undefined,
      cleared: () => undefined,
      arrived: (message) => this.arrivals.push(message.text),
      failed: () => undefined,
      unread: (count) => this.unreads.push(count),
    };
    chat.view = view;
    return chat;
  }

  /** The server keeps what is posted under growing numbers, a repeat under its old one. */
  hears(from = 1): void {
    const known = new Map<string, number>();
    let next = from;
    this.answers.set('POST messages', () => {
      const body = this.asks('POST', 'messages').pop()?.body ?? {};
      const id = String(body['client_id']);
      if (!known.has(id)) known.set(id, next++);
      return Response.json({ message_id: `m-${id}`, seq: known.get(id) }, { status: 202 });
    });
  }
}

export { settled };
