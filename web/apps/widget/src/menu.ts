// The menu of the header: a button and the list it opens; Esc closes the list alone.
import { button, icon, icons, make } from './dom';

export interface MenuItem {
  label: string;
  run(): void;
}

export interface Menu {
  toggle: HTMLButtonElement;
  list: HTMLElement;
  close(): boolean;
}

export function menuOf(label: string, items: () => MenuItem[]): Menu {
  const list = make('ul', { class: 'menu', id: 'menu', role: 'list', hidden: true });
  const close = (): boolean => {
    if (list.hidden) return false;
    list.hidden = true;
    toggle.setAttribute('aria-expanded', 'false');
    return true;
  };
  const open = (): void => {
    list.replaceChildren(
      ...items().map((item) =>
        make('li', {}, button({}, item.label, () => {
          close();
          toggle.focus();
          item.run();
        })),
      ),
    );
    list.hidden = false;
    toggle.setAttribute('aria-expanded', 'true');
    list.querySelector('button')?.focus();
  };
  const toggle = button({ class: 'plain', 'aria-label': label, 'aria-expanded': 'false', 'aria-controls': 'menu' }, icon(icons.menu), () => (close() ? undefined : open()));
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...list.querySelectorAll('button')];
    const here = buttons.indexOf((list.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement);
    buttons[(here + step + buttons.length) % buttons.length]?.focus();
  });
  list.addEventListener('focusout', (event) => {
    if (event.relatedTarget !== toggle && !list.contains(event.relatedTarget as Node | null)) close();
  });
  return { toggle, list, close };
}
