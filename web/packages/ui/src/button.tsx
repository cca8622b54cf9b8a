// Buttons, and links that look like them.
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from './cx';
import { Spinner } from './spinner';

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger';
export type ButtonSize = 'medium' | 'small' | 'large';

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border border-transparent',
  secondary: 'bg-surface text-ink border border-line-strong/60 hover:bg-hover',
  quiet: 'text-ink-soft hover:bg-hover hover:text-ink border border-transparent',
  danger: 'bg-bad-fill text-on-bad border border-transparent hover:opacity-90',
};
const sizes: Record<ButtonSize, string> = {
  small: 'h-8 px-3 text-sm gap-1.5 rounded-md touch:min-h-11',
  medium: 'h-10 px-4 text-sm gap-2 rounded-md touch:min-h-11',
  large: 'h-12 px-6 text-base gap-2 rounded-lg',
};

export function buttonClass(kind: ButtonKind = 'secondary', size: ButtonSize = 'medium'): string {
  return cx(
    'inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap transition-colors duration-150 cursor-pointer select-none no-underline',
    'disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55 aria-disabled:cursor-not-allowed',
    kinds[kind],
    sizes[size],
  );
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: ReactNode;
  /** Work is under way: the button stays where it is, cannot be pressed again, and says so. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'secondary', size = 'medium', icon, busy = false, className, children, disabled, type = 'button', ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} disabled={disabled || busy} aria-busy={busy || undefined} className={cx(buttonClass(kind, size), className)}>
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  /** What a screen reader says and the tooltip shows. */
  label: string;
  children: ReactNode;
}

export function IconButton({ label, kind = 'quiet', className, children, ...rest }: IconButtonProps) {
  return (
    <Button {...rest} kind={kind} aria-label={label} title={label} className={cx('!px-0 aspect-square', className)}>
      {children}
    </Button>
  );
}
