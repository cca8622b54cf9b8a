// The menu itself, with its keys and its place: loaded when somebody reaches for it.
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

const item =
  'flex w-full cursor-default items-center gap-3 rounded-md px-3 py-2 text-sm text-ink outline-none select-none data-highlighted:bg-hover touch:min-h-11';

export function MenuPopup({ label, trigger, triggerClass, children, startsOpen }: { label: string; trigger: ReactNode; triggerClass: string; children: ReactNode; startsOpen: boolean }) {
  return (
    <Base.Root modal={false} defaultOpen={startsOpen}>
      <Base.Trigger aria-label={label} className={triggerClass}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="end" className="z-50 outline-none">
          <Base.Popup className="gh-fade max-h-[70vh] min-w-56 max-w-[90vw] overflow-y-auto rounded-lg border border-line bg-raised p-1.5 shadow-float outline-none">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({ icon, onClick, children }: { icon?: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <Base.Item className={item} onClick={onClick}>
      {icon}
      {children}
    </Base.Item>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1.5 border-t border-line" />;
}

export function MenuChoice<Value extends string>({ label, value, onChange, choices }: { label: string; value: Value; onChange: (value: Value) => void; choices: readonly { value: Value; label: string; lang?: string }[] }) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
      <Base.Group>
        <Base.GroupLabel className="px-3 pt-2 pb-1 text-xs font-medium text-ink-faint">{label}</Base.GroupLabel>
        {choices.map((choice) => (
          <Base.RadioItem key={choice.value} value={choice.value} closeOnClick className={cx(item, 'justify-between')} lang={choice.lang}>
            {choice.label}
            <Base.RadioItemIndicator>
              <Check aria-hidden="true" className="size-4 text-accent-ink" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.Group>
    </Base.RadioGroup>
  );
}
