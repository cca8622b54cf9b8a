// Blocks to DOM nodes, by createElement and text nodes alone: nothing in an answer is ever read as HTML.
import type { Block, Inline } from './parse';

export interface RenderOptions {
  /** The node that stands for `[n]`; null leaves the text. */
  citation?: (n: number) => Node | null;
}

export function renderMarkdown(document: Document, blocks: Block[], options: RenderOptions = {}): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const block of blocks) fragment.append(renderBlock(document, block, options));
  return fragment;
}

function renderBlock(document: Document, block: Block, options: RenderOptions): HTMLElement {
  switch (block.kind) {
    case 'code': {
      const frame = document.createElement('pre');
      const code = document.createElement('code');
      code.textContent = block.text;
      frame.dir = 'ltr';
      frame.append(code);
      return frame;
    }
    case 'list': {
      const list = document.createElement(block.ordered ? 'ol' : 'ul');
      if (block.ordered && block.start !== 1) list.setAttribute('start', String(block.start));
      for (const item of block.items) list.append(filled(document, 'li', item, options));
      return list;
    }
    case 'table': {
      const table = document.createElement('table');
      const row = (tag: 'th' | 'td', cells: Inline[][]): HTMLElement => {
        const line = document.createElement('tr');
        for (const cell of cells) {
          const field = filled(document, tag, cell, options);
          if (tag === 'th') field.setAttribute('scope', 'col');
          line.append(field);
        }
        return line;
      };
      const head = document.createElement('thead');
      head.append(row('th', block.header));
      const body = document.createElement('tbody');
      for (const cells of block.rows) body.append(row('td', cells));
      table.append(head, body);
      return table;
    }
    case 'heading': {
      const paragraph = document.createElement('p');
      paragraph.append(filled(document, 'strong', block.children, options));
      return paragraph;
    }
    case 'quote':
      return filled(document, 'blockquote', block.children, options);
    case 'paragraph':
      return filled(document, 'p', block.children, options);
  }
}

function filled(document: Document, tag: string, inlines: Inline[], options: RenderOptions): HTMLElement {
  const element = document.createElement(tag);
  for (const inline of inlines) element.append(renderInline(document, inline, options));
  return element;
}

function renderInline(document: Document, inline: Inline, options: RenderOptions): Node {
  switch (inline.kind) {
    case 'text':
      return document.createTextNode(inline.text);
    case 'break':
      return document.createElement('br');
    case 'code': {
      const code = document.createElement('code');
      code.textContent = inline.text;
      return code;
    }
    case 'strong':
      return filled(document, 'strong', inline.children, options);
    case 'emphasis':
      return filled(document, 'em', inline.children, options);
    case 'citation':
      return options.citation?.(inline.n) ?? document.createTextNode(`[${inline.n}]`);
    case 'link': {
      const link = document.createElement('a');
      link.href = inline.url;
      link.target = '_blank';
      link.rel = 'noopener noreferrer nofollow';
      for (const child of inline.children) link.append(renderInline(document, child, options));
      const label = link.textContent ?? '';
      // Where a link leads is visible before it is followed.
      if (!label.includes(inline.host)) link.append(document.createTextNode(` (${inline.host})`));
      return link;
    }
  }
}
