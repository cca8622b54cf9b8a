// The list of messages: what was said, the answer being written, and what went wrong.
import type { Translate } from '@guildhall/i18n';
import { parseMarkdown, renderMarkdown } from '@guildhall/md';
import type { Completed } from './conversation';
import { make } from './dom';
import { CallError } from './session';
import { sourceList } from './sources';

/** An answer that grows: dots, then text, then the whole with its sources. */
export class AnswerView {
  readonly element: HTMLElement;
  private readonly body: HTMLElement;
  private frame = 0;
  private pending = '';

  constructor(
    private readonly t: Translate,
    private readonly onGrow: () => void,
  ) {
    this.body = make('div', { class: 'body', dir: 'auto' });
    this.body.append(make('div', { class: 'waiting', role: 'img', 'aria-label': t('thinking') }, make('i'), make('i'), make('i')));
    this.element = make('div', { class: 'message agent' }, this.body);
  }

  /** Shows text as it comes; drawn once per frame however fast the pieces are. */
  grow(text: string): void {
    this.pending = text;
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.body.replaceChildren(renderMarkdown(document, parseMarkdown(this.pending)));
      this.onGrow();
    });
  }

  complete(answer: Pick<Completed, 'text' | 'citations'>): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const sources = sourceList(answer.citations, this.t);
    const citation = (n: number): Node | null => {
      if (!sources.has(n)) return null;
      const button = make('button', { type: 'button', class: 'cite', 'aria-label': this.t('source', { n }) }, String(n));
      button.addEventListener('click', () => sources.reveal(n));
      return button;
    };
    this.body.replaceChildren(renderMarkdown(document, parseMarkdown(answer.text), { citation }));
    if (answer.citations.length > 0) this.element.append(sources.element);
    this.onGrow();
  }
}

export function visitorMessage(text: string): HTMLElement {
  return make('div', { class: 'message visitor', dir: 'auto' }, text);
}

const UNAVAILABLE = ['quota_exceeded', 'agent_paused', 'agent_unavailable', 'overloaded', 'runtime_unavailable', 'run_timeout', 'key_revoked'];

/** What people read; the code and message of the server are for its log. */
export function failureText(error: unknown, t: Translate): string {
  if (!(error instanceof CallError)) return t('error_general');
  if (error.code === 'network') return t('error_network');
  if (error.code === 'rate_limited') return t('error_rate', { seconds: Math.max(1, error.retryAfterS) });
  return UNAVAILABLE.includes(error.code) ? t('error_unavailable') : t('error_general');
}

export function failureView(error: unknown, t: Translate, retry: () => void): HTMLElement {
  const button = make('button', { type: 'button' }, t('retry'));
  button.addEventListener('click', retry);
  const view = make('div', { class: 'failure', role: 'alert' }, make('p', {}, failureText(error, t)), button);
  if (error instanceof CallError && error.requestId !== '') view.insertBefore(make('small', {}, t('reference', { id: error.requestId })), button);
  return view;
}
