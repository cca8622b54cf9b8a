// Short answers to what this person just did: they pause under the pointer, leave by themselves, and never carry an error that
// needs action.
import { Toast as Base } from '@base-ui/react/toast';
import { CircleCheck, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import { buttonClass } from './button';

const TIMEOUT_MS = 6000;

export function ToastProvider({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  return (
    <Base.Provider timeout={TIMEOUT_MS}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 bottom-4 z-50 flex flex-col gap-2 sm:start-auto sm:end-6 sm:bottom-6 sm:w-96">
          <ToastList closeLabel={closeLabel} />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList({ closeLabel }: { closeLabel: string }) {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="gh-fade rounded-lg border border-line bg-raised shadow-float">
      <Base.Content className="flex items-center gap-3 py-3 ps-4 pe-2">
        <CircleCheck aria-hidden="true" className="size-5 shrink-0 text-ok" />
        <div className="min-w-0 flex-1">
          <Base.Title className="text-sm font-medium" />
          <Base.Description className="text-sm text-ink-soft" />
        </div>
        {toast.actionProps ? <Base.Action className={buttonClass('quiet', 'small')} /> : null}
        <Base.Close aria-label={closeLabel} className={cx(buttonClass('quiet', 'small'), 'aspect-square !px-0')}>
          <X aria-hidden="true" className="size-4" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

export interface ToastAction {
  label: string;
  onClick: () => void;
}

export function useToast(): (title: string, action?: ToastAction) => void {
  const manager = Base.useToastManager();
  return (title, action) => {
    manager.add({ title, ...(action ? { actionProps: { children: action.label, onClick: action.onClick } } : {}) });
  };
}
