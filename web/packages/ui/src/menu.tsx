// A menu behind a button. It stays where the button stands in the page, so that its landmark holds it and no guard of the focus is
// needed: arrows move, Esc and Tab leave, a letter jumps to the next entry that begins with it.
import { Check } from 'lucide-react';
import { createContext, use, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cx } from './cx';

const item =
  'flex w-full cursor-pointer items-center gap-3 rounded-md px-3 py-2 text-start text-sm text-ink outline-none select-none hover:bg-hover focus-visible:bg-hover focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-focus touch:min-h-11';

const CloseContext = createContext<() => void>(() => undefined);

function entriesOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
}

/** Which entry a key leads to; null when it is no key of the menu. */
export function entryAfter(key: string, at: number, labels: readonly string[]): number | null {
  const last = labels.length - 1;
  switch (key) {
    case 'ArrowDown':
      return at >= last ? 0 : at + 1;
    case 'ArrowUp':
      return at <= 0 ? last : at - 1;
    case 'Home':
      return 0;
    case 'End':
      return last;
  }
  if ([...key].length !== 1) return null;
  const letter = key.toLocaleLowerCase();
  const begins = (index: number) => labels[index]?.toLocaleLowerCase().startsWith(letter) ?? false;
  for (let step = 1; step <= labels.length; ++step) if (begins((at + step) % labels.length)) return (at + step) % labels.length;
  return null;
}

export function Menu({ label, trigger, triggerClass, children }: { label: string; trigger: ReactNode; triggerClass: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    const entries = entriesOf(menu.current);
    (entries.find((entry) => entry.getAttribute('aria-checked') === 'true') ?? entries[0])?.focus();
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer);
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [open]);

  function close(): void {
    setOpen(false);
    button.current?.focus();
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Tab') return setOpen(false);
    if (event.key === 'Escape') {
      event.stopPropagation();
      return close();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const entries = entriesOf(menu.current);
    const next = entryAfter(event.key === ' ' ? '' : event.key, entries.findIndex((entry) => entry === document.activeElement), entries.map((entry) => entry.textContent ?? ''));
    if (next === null) return;
    event.preventDefault();
    entries[next]?.focus();
  }

  return (
    <div ref={place} className="relative">
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        className={triggerClass}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {trigger}
      </button>
      {open ? (
        <div
          ref={menu}
          id={id}
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={onKey}
          className="gh-enter absolute end-0 top-full z-50 mt-1.5 max-h-[calc(100dvh-5rem)] w-64 max-w-[calc(100vw-2rem)] overflow-y-auto rounded-lg border border-line bg-raised p-1.5 text-ink shadow-float outline-none"
        >
          <CloseContext value={close}>{children}</CloseContext>
        </div>
      ) : null}
    </div>
  );
}

export function MenuItem({ icon, onClick, children }: { icon?: ReactNode; onClick: () => void; children: ReactNode }) {
  const close = use(CloseContext);
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={item}
      onClick={() => {
        close();
        onClick();
      }}
    >
      {icon}
      {children}
    </button>
  );
}

export function MenuSeparator() {
  return <hr className="my-1.5 border-t border-line" />;
}

/** Something said in the menu that is no entry. */
export function MenuNote({ children }: { children: ReactNode }) {
  return (
    <div role="presentation" className="px-3 py-2">
      {children}
    </div>
  );
}

export function MenuChoice<Value extends string>({ label, value, onChange, choices }: { label: string; value: Value; onChange: (value: Value) => void; choices: readonly { value: Value; label: string; lang?: string }[] }) {
  const close = use(CloseContext);
  return (
    <div role="group" aria-label={label}>
      <div aria-hidden="true" className="px-3 pt-2 pb-1 text-xs font-medium text-ink-faint">
        {label}
      </div>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          role="menuitemradio"
          aria-checked={choice.value === value}
          tabIndex={-1}
          lang={choice.lang}
          className={cx(item, 'justify-between')}
          onClick={() => {
            close();
            onChange(choice.value);
          }}
        >
          <span dir="auto">{choice.label}</span>
          {choice.value === value ? <Check aria-hidden="true" className="size-4 shrink-0 text-accent-ink" /> : null}
        </button>
      ))}
    </div>
  );
}
