// A dialog in the middle, or a drawer at the edge. Focus moves in, Esc closes exactly this layer, focus returns.
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useRef, type ReactNode, type RefObject } from 'react';
import { cx } from './cx';
import { buttonClass } from './button';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  closeLabel: string;
  children?: ReactNode;
  footer?: ReactNode;
  size?: 'small' | 'medium' | 'large';
  place?: 'middle' | 'end' | 'start';
  initialFocus?: RefObject<HTMLElement | null>;
}

const sizes = { small: 'max-w-md', medium: 'max-w-xl', large: 'max-w-3xl' };
const places = {
  middle: 'top-[max(2rem,10vh)] left-1/2 -translate-x-1/2 w-[calc(100vw-2rem)] max-h-[80vh] rounded-xl',
  end: 'inset-y-0 end-0 h-full w-full rounded-none sm:rounded-s-xl',
  start: 'inset-y-0 start-0 h-full w-[min(20rem,85vw)] rounded-e-xl',
};

export function Dialog({ open, onClose, title, description, closeLabel, children, footer, size = 'medium', place = 'middle', initialFocus }: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="gh-fade fixed inset-0 z-40 bg-scrim" />
        <Base.Popup
          // Where there is something to fill in, one begins there.
          initialFocus={initialFocus ?? (() => body.current?.querySelector<HTMLElement>('input:not([type=hidden], [type=file]), textarea, select') ?? true)}
          className={cx('gh-fade fixed z-50 flex flex-col border border-line bg-raised text-ink shadow-float', places[place], place !== 'start' && sizes[size])}
        >
          <header className="flex items-start justify-between gap-4 px-6 pt-5 pb-3">
            <div className="grid gap-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description ? <Base.Description className="text-sm text-ink-soft">{description}</Base.Description> : null}
            </div>
            <Base.Close aria-label={closeLabel} className={cx(buttonClass('quiet', 'small'), '-me-2 aspect-square !px-0')}>
              <X aria-hidden="true" className="size-4" />
            </Base.Close>
          </header>
          <div ref={body} className="min-h-0 flex-1 overflow-y-auto px-6 pb-5">{children}</div>
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-4">{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
