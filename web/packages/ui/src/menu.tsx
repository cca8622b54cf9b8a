// A menu behind a button. What opens comes over the wire when a pointer or the focus first touches the button.
import { use, useState, type ReactNode } from 'react';

const loading: { popup?: Promise<typeof import('./menu_popup')> } = {};
const load = () => (loading.popup ??= import('./menu_popup'));

export interface MenuProps {
  label: string;
  trigger: ReactNode;
  triggerClass: string;
  /** The entries; they are asked for once the menu's own parts are there. */
  children: (parts: typeof import('./menu_popup')) => ReactNode;
}

export function Menu(props: MenuProps) {
  const [ready, setReady] = useState<{ startsOpen: boolean } | null>(null);
  if (ready) return <Loaded {...props} startsOpen={ready.startsOpen} />;
  return (
    <button
      type="button"
      aria-label={props.label}
      aria-haspopup="menu"
      aria-expanded="false"
      className={props.triggerClass}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => void load().then(() => setReady({ startsOpen: true }))}
    >
      {props.trigger}
    </button>
  );
}

function Loaded({ children, startsOpen, ...rest }: MenuProps & { startsOpen: boolean }) {
  const parts = use(load());
  return (
    <parts.MenuPopup {...rest} startsOpen={startsOpen}>
      {children(parts)}
    </parts.MenuPopup>
  );
}
