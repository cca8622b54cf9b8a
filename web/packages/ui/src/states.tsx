// What stands where content is missing: nothing yet, or something went wrong.
import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';

export function EmptyState({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-3 rounded-xl border border-dashed border-line-strong/50 px-6 py-10 text-center">
      {icon ? <div className="grid size-12 place-items-center rounded-full bg-accent-soft text-accent-ink [&_svg]:size-6">{icon}</div> : null}
      <h2 className="text-base font-semibold">{title}</h2>
      {children ? <div className="max-w-md text-sm text-ink-soft">{children}</div> : null}
      {action ? <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}

export interface ErrorNoteProps {
  title: string;
  children?: ReactNode;
  requestId?: string | undefined;
  requestLabel: string;
  retry?: { label: string; onClick: () => void } | undefined;
}

export function ErrorNote({ title, children, requestId, requestLabel, retry }: ErrorNoteProps) {
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-bad/40 bg-bad-soft p-4 text-sm">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-bad" />
      <div className="grid min-w-0 flex-1 gap-1">
        <p className="font-medium text-bad">{title}</p>
        {children ? <div className="text-ink">{children}</div> : null}
        {requestId ? (
          <p className="text-xs break-all text-ink-soft">
            {requestLabel} <code dir="ltr">{requestId}</code>
          </p>
        ) : null}
        {retry ? (
          <div className="mt-2">
            <Button size="small" icon={<RotateCw aria-hidden="true" className="size-4" />} onClick={retry.onClick}>
              {retry.label}
            </Button>
          </div>
        ) : null}
      </div>
    </div>
  );
}
