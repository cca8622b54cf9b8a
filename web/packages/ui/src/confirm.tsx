// Asks before something is lost: names the object and the effect, and begins on Cancel.
import { useRef, type ReactNode } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';

export interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  effect: ReactNode;
  confirmLabel: string;
  cancelLabel: string;
  busy?: boolean;
  problem?: ReactNode;
  /** What is confirmed takes nothing away. */
  isHarmless?: boolean;
}

export function Confirm({ open, onClose, onConfirm, title, effect, confirmLabel, cancelLabel, busy = false, problem, isHarmless = false }: ConfirmProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      closeLabel={cancelLabel}
      size="small"
      initialFocus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            {cancelLabel}
          </Button>
          <Button kind={isHarmless ? 'primary' : 'danger'} busy={busy} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="grid gap-3 text-sm text-ink-soft">
        <div>{effect}</div>
        {problem}
      </div>
    </Dialog>
  );
}
