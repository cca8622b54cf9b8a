// Text controls.
import type { InputHTMLAttributes, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { cx } from './cx';

const control =
  'w-full rounded-md border border-line-strong/80 bg-surface px-3 text-ink placeholder:text-ink-faint text-base sm:text-sm transition-colors duration-150 ' +
  'hover:border-line-strong aria-invalid:border-bad disabled:opacity-60';

export function Input({ className, ...rest }: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input dir="auto" {...rest} className={cx(control, 'h-10 touch:h-11', className)} />;
}

export function Textarea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea dir="auto" {...rest} className={cx(control, 'py-2 min-h-20 resize-y', className)} />;
}

export function Select({ className, ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { ref?: Ref<HTMLSelectElement> }) {
  return <select {...rest} className={cx(control, 'h-10 touch:h-11 pe-8', className)} />;
}
