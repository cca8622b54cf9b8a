// One thing that was said, as it looks: the visitor's, the agent's with its sources and thumbs, a person's, the platform's.
import type { Translate } from '@guildhall/i18n';
import { parseMarkdown, renderMarkdown } from '@guildhall/md';
import type { Message } from './conversation';
import { button, icon, icons, make } from './dom';
import { failureText } from './failures';
import type { CallError } from './session';
import { sourceList } from './sources';
import { timedText } from './times';

/** What the buttons of a message do. */
export interface MessageActions {
  t: Translate;
  language: string;
  errorOf(key: string): CallError | null;
  retry(key: string): void;
  discard(key: string): void;
  judge(messageId: string, value: number, comment: string): Promise<void>;
}

export function messageView(message: Message, actions: MessageActions): HTMLElement {
  const view = make('div', { class: `message ${message.role}` });
  fillMessage(view, message, actions);
  return view;
}

/** Draws it again; what the visitor has opened or typed in it stays. */
export function fillMessage(view: HTMLElement, message: Message, actions: MessageActions): void {
  const thumbs = view.querySelector<HTMLElement>('.thumbs');
  if (thumbs) return showValue(thumbs, message.value);
  view.className = `message ${message.role} ${message.delivery}`;
  const when = new Date(message.createdAt);
  if (!Number.isNaN(when.getTime())) view.title = when.toLocaleString(actions.language);
  if (message.role === 'visitor') view.replaceChildren(...visitorParts(message, actions));
  else if (message.role === 'platform') view.replaceChildren(make('p', { dir: 'auto' }, ...timedText(message.text, actions.language)));
  else view.replaceChildren(...answerParts(message, actions));
}

function visitorParts(message: Message, actions: MessageActions): Node[] {
  const { t } = actions;
  const parts: Node[] = [make('span', { class: 'sr' }, `${t('you')}: `), make('div', { class: 'said', dir: 'auto' }, message.text)];
  const error = actions.errorOf(message.key);
  if (message.delivery === 'unsent') parts.push(make('p', { class: 'fate' }, error ? failureText(error, t) : t('unsent')));
  if (message.delivery === 'failed') {
    const fate = make('div', { class: 'fate bad', role: 'alert' }, make('p', {}, `${t('failed')} ${error ? failureText(error, t) : ''}`));
    if (error?.requestId) fate.append(make('small', {}, t('reference', { id: error.requestId })));
    fate.append(
      button({}, t('retry'), () => actions.retry(message.key)),
      button({}, t('remove'), () => actions.discard(message.key)),
    );
    parts.push(fate);
  }
  return parts;
}

function answerParts(message: Message, actions: MessageActions): Node[] {
  const { t } = actions;
  const sources = sourceList(message.citations, t);
  const citation = (n: number): Node | null => (sources.has(n) ? button({ class: 'cite', 'aria-label': t('source', { n }) }, String(n), () => sources.reveal(n)) : null);
  const body = make('div', { class: 'body', dir: 'auto' }, renderMarkdown(document, parseMarkdown(message.text), { citation }));
  const parts: Node[] = [body];
  if (message.role === 'human') parts.unshift(make('p', { class: 'who' }, make('bdi', {}, message.person || t('someone'))));
  if (message.citations.length > 0) parts.push(sources.element);
  if (message.role === 'agent' && message.id !== '') parts.push(thumbsOf(message, actions));
  return parts;
}

function thumbsOf(message: Message, { t, judge }: MessageActions): HTMLElement {
  const up = button({ class: 'plain', 'data-value': '1', 'aria-label': t('helpful') }, icon(icons.up), () => choose(1));
  const down = button({ class: 'plain', 'data-value': '-1', 'aria-label': t('unhelpful') }, icon(icons.down), () => choose(-1));
  const view = make('div', { class: 'thumbs' }, up, down);
  let form: HTMLElement | null = null;
  const choose = (value: number): void => {
    showValue(view, value);
    judge(message.id, value, '').catch(() => showValue(view, message.value));
    form?.remove();
    form = commentForm(t, t('comment_send'), (comment) => judge(message.id, value, comment));
    view.append(form);
    if (value < 0) form.querySelector('textarea')?.focus();
  };
  showValue(view, message.value);
  return view;
}

function showValue(view: HTMLElement, value: number): void {
  for (const thumb of view.querySelectorAll<HTMLElement>('[data-value]')) thumb.setAttribute('aria-pressed', String(thumb.dataset['value'] === String(value)));
}

/** A field and a button; says thank you when the comment has arrived. */
export function commentForm(t: Translate, label: string, send: (comment: string) => Promise<void>): HTMLFormElement {
  const field = make('textarea', { rows: '2', maxlength: '1000', dir: 'auto', 'aria-label': t('comment'), placeholder: t('comment') });
  const form = make('form', { class: 'comment' }, field, make('button', { type: 'submit' }, label));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(field.value.trim()).then(
      () => {
        const thanks = make('p', { role: 'status', tabindex: '-1' }, t('thanks'));
        form.replaceChildren(thanks);
        thanks.focus();
      },
      (error: unknown) => {
        form.querySelector('.bad')?.remove();
        form.append(make('p', { class: 'bad', role: 'alert' }, failureText(error, t)));
      },
    );
  });
  return form;
}
