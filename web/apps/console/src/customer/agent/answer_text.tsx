// An answer in its Markdown subset, built as nodes: nothing in it is ever read as HTML.
import { parseMarkdown, renderMarkdown } from '@guildhall/md';
import { useLayoutEffect, useRef } from 'react';

export function AnswerText({ text }: { text: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(renderMarkdown(document, parseMarkdown(text)));
  }, [text]);
  return <div ref={place} dir="auto" className="gh-answer text-sm" />;
}
