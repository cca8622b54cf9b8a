// A switch, and a check box with its label: native inputs, so that forms, keyboards and readers know them.
import type { InputHTMLAttributes, ReactNode, Ref } from 'react';

interface ToggleProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> {
  label: ReactNode;
  hint?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

export function Switch({ label, hint, ...rest }: ToggleProps) {
  return (
    <label className="flex min-h-10 cursor-pointer items-start justify-between gap-4 py-1">
      <span className="grid gap-0.5">
        <span className="text-sm font-medium">{label}</span>
        {hint ? <span className="text-xs text-ink-faint">{hint}</span> : null}
      </span>
      <input {...rest} type="checkbox" role="switch" className="gh-switch mt-0.5" />
    </label>
  );
}

export function Checkbox({ label, hint, ...rest }: ToggleProps) {
  return (
    <label className="flex min-h-8 cursor-pointer items-start gap-3 py-1 touch:min-h-11">
      <input {...rest} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-accent" />
      <span className="grid gap-0.5">
        <span className="text-sm">{label}</span>
        {hint ? <span className="text-xs text-ink-faint">{hint}</span> : null}
      </span>
    </label>
  );
}
