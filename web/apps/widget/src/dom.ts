// Small words for building DOM; no HTML strings anywhere.

type Attributes = Readonly<Record<string, string | boolean>>;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function button(attributes: Attributes, content: Node | string, onClick: (event: MouseEvent) => void): HTMLButtonElement {
  const element = make('button', { type: 'button', ...attributes }, content);
  element.addEventListener('click', onClick);
  return element;
}

export function icon(path: string): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(namespace, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

export const icons = {
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M5 12h.01M12 12h.01M19 12h.01',
  send: 'M4 12 20 4l-4.5 16-4-6.5z',
  stop: 'M7 7h10v10H7z',
  up: 'M7 11v9H4v-9zm0 0 4-7c1.7 0 2.5 1.2 2 3l-.7 3H19a2 2 0 0 1 2 2.4l-1.2 6A2 2 0 0 1 17.8 20H7',
  down: 'M7 13V4H4v9zm0 0 4 7c1.7 0 2.5-1.2 2-3l-.7-3H19a2 2 0 0 0 2-2.4l-1.2-6A2 2 0 0 0 17.8 4H7',
} as const;
