// Asking a question and reading its answer as it comes (contracts/support-partner.md §4.4).
import { SseReader } from '@guildhall/sse';
import { CallError, type Session } from './session';

export interface Citation {
  n: number;
  title: string;
  url: string | null;
  page: number | null;
  heading_path: string[];
  quote: string;
  language: string;
}

export interface Completed {
  message_id: string;
  seq: number;
  text: string;
  outcome: string;
  citations: Citation[];
}

export interface PastMessage {
  message_id: string | null;
  seq: number;
  role: 'visitor' | 'agent';
  text: string;
  created_at: string;
}

/** Text as it is streamed: a piece counts only when it begins where the text held ends (UTF-16 code units). */
export class StreamedText {
  text = '';
  private isBroken = false;

  apply(offset: number, piece: string): boolean {
    if (this.isBroken || offset !== this.text.length) {
      this.isBroken = true;
      return false;
    }
    this.text += piece;
    return true;
  }
}

export const MESSAGE_CHARACTERS_MAX = 4_000;

/** Resolves with the complete answer; rejects with CallError. `onText` sees the text so far. */
export async function ask(session: Session, text: string, clientId: string, onText: (text: string) => void): Promise<Completed> {
  const response = await session.call('messages', { method: 'POST', body: JSON.stringify({ client_id: clientId, text }) });
  const streamed = new StreamedText();
  const reader = new SseReader();
  const decoder = new TextDecoder();
  const body = response.body?.getReader();
  if (!body) throw lost();
  for (;;) {
    const { done, value } = await body.read().catch(() => {
      throw lost();
    });
    for (const event of reader.feed(done ? decoder.decode() : decoder.decode(value, { stream: true }))) {
      const data = JSON.parse(event.data) as unknown;
      if (event.event === 'message.delta') {
        const delta = data as { offset: number; text: string };
        if (streamed.apply(delta.offset, delta.text)) onText(streamed.text);
      } else if (event.event === 'message.completed') {
        return data as Completed;
      } else if (event.event === 'error') {
        const error = data as { code: string; message: string; request_id: string; retry_after?: number };
        throw new CallError(error.code, 200, error.message, error.request_id, error.retry_after ?? 0);
      }
    }
    if (done) throw lost();
  }
}

/** The newest messages of the conversation, oldest first. */
export async function loadHistory(session: Session): Promise<PastMessage[]> {
  const response = await session.call('messages');
  return ((await response.json()) as { messages: PastMessage[] }).messages;
}

function lost(): CallError {
  return new CallError('network', 0, 'the stream ended before the answer did', '', 0);
}
