// Short answers to what this person just did: they pause under pointer and focus, leave by themselves, and never carry an error
// that needs action.
import { CircleCheck, X } from 'lucide-react';
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { cx } from './cx';
import { buttonClass } from './button';

const SHOWN_MS = 6000;
const AT_ONCE = 3;

export interface ToastAction {
  label: string;
  onClick: () => void;
}

interface Toast {
  id: number;
  title: string;
  action: ToastAction | undefined;
}

type Say = (title: string, action?: ToastAction) => void;
const ToastContext = createContext<Say>(() => undefined);

export const useToast = (): Say => use(ToastContext);

export function ToastProvider({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const next = useRef(0);
  const say = useCallback<Say>((title, action) => {
    const id = ++next.current;
    setToasts((shown) => [...shown.slice(1 - AT_ONCE), { id, title, action }]);
  }, []);
  const leave = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  return (
    <ToastContext value={say}>
      {children}
      <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-4 bottom-20 z-50 grid gap-2 sm:start-auto sm:end-6 sm:w-96 lg:bottom-6">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} closeLabel={closeLabel} onLeave={leave} />
        ))}
      </div>
    </ToastContext>
  );
}

function ToastCard({ toast, closeLabel, onLeave }: { toast: Toast; closeLabel: string; onLeave: (id: number) => void }) {
  const [paused, setPaused] = useState(false);
  useEffect(() => {
    if (paused) return;
    const timer = setTimeout(() => onLeave(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [paused, toast.id, onLeave]);
  return (
    <div
      className="gh-enter pointer-events-auto flex items-center gap-3 rounded-lg border border-line bg-raised py-3 ps-4 pe-2 shadow-float"
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
    >
      <CircleCheck aria-hidden="true" className="size-5 shrink-0 text-ok" />
      <p className="min-w-0 flex-1 text-sm font-medium" dir="auto">
        {toast.title}
      </p>
      {toast.action ? (
        <button type="button" className={buttonClass('quiet', 'small')} onClick={toast.action.onClick}>
          {toast.action.label}
        </button>
      ) : null}
      <button type="button" aria-label={closeLabel} className={cx(buttonClass('quiet', 'small'), 'aspect-square !px-0')} onClick={() => onLeave(toast.id)}>
        <X aria-hidden="true" className="size-4" />
      </button>
    </div>
  );
}
