// The head of a page: its one h1, what it is for, and its main action; the browser's title follows.
import { cx } from '@guildhall/ui';
import { useEffect, type ReactNode } from 'react';

export function PageHead({ title, description, actions, eyebrow, dir }: { title: string; description?: ReactNode; actions?: ReactNode; eyebrow?: ReactNode; dir?: 'auto' }) {
  useTitle(title);
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
      <div className="grid min-w-0 gap-1">
        {eyebrow ? <div className="text-sm text-ink-soft">{eyebrow}</div> : null}
        <h1 className="text-2xl font-semibold" dir={dir}>
          {title}
        </h1>
        {description ? <div className="max-w-2xl text-sm text-ink-soft">{description}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Guildhall` : 'Guildhall';
  }, [title]);
}

export function PageBody({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cx('mx-auto w-full max-w-[88rem] flex-1 px-4 py-6 sm:px-6 sm:py-8', className)}>{children}</div>;
}
