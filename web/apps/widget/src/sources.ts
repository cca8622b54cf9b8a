// The sources of an answer: a numbered list, the quote on expand, a link only where the document has an address.
import type { Translate } from '@guildhall/i18n';
import { safeUrl } from '@guildhall/md';
import type { Citation } from './conversation';
import { make } from './dom';

export interface SourceList {
  element: HTMLElement;
  /** Opens source n and brings it into view; false when there is none. */
  reveal(n: number): boolean;
  has(n: number): boolean;
}

export function sourceList(citations: readonly Citation[], t: Translate): SourceList {
  const byNumber = new Map<number, HTMLDetailsElement>();
  const list = make('ol', { role: 'list' });
  for (const citation of citations) {
    const details = sourceOf(citation, t);
    byNumber.set(citation.n, details);
    list.append(make('li', {}, details));
  }
  const element = make('div', { class: 'sources' }, make('h3', {}, t('sources')), list);
  const reveal = (n: number): boolean => {
    const details = byNumber.get(n);
    if (!details) return false;
    details.open = true;
    details.querySelector('summary')?.focus();
    details.scrollIntoView({ block: 'nearest' });
    return true;
  };
  return { element, reveal, has: (n) => byNumber.has(n) };
}

function sourceOf(citation: Citation, t: Translate): HTMLDetailsElement {
  const path = citation.heading_path.filter((heading) => heading !== citation.title);
  const where = make('span', { class: 'where', dir: 'auto' }, citation.title);
  const rest = [...path, ...(citation.page === null ? [] : [t('page', { page: citation.page })])];
  if (rest.length > 0) where.append(make('span', {}, ` › ${rest.join(' › ')}`));
  const quote = make('blockquote', { dir: 'auto' }, citation.quote);
  if (citation.language !== '') quote.lang = citation.language;
  const details = make('details', {}, make('summary', {}, make('span', { class: 'number' }, String(citation.n)), where), quote);
  const url = citation.url === null ? null : safeUrl(citation.url);
  if (url) {
    const link = make('a', { class: 'out', href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' });
    link.append(t('open_source', { host: url.host }));
    details.append(link);
  }
  return details;
}
