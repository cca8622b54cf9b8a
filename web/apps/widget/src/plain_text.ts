// An answer without its marks, as it is read aloud.
import { parseMarkdown, renderMarkdown } from '@guildhall/md';

export function plainText(markdown: string): string {
  const rendered = renderMarkdown(document, parseMarkdown(markdown), { citation: () => document.createTextNode('') });
  return [...rendered.querySelectorAll('p,li,th,td,pre,blockquote')].map((block) => block.textContent?.trim()).join(' ');
}
