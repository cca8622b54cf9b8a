// Place holders in the final layout; they appear after 150 ms, so that quick answers never flicker.
import { cx } from './cx';

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('gh-skeleton block rounded-md', className)} />;
}

export function SkeletonRows({ rows = 3, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-3">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className="h-14 w-full" />
      ))}
    </div>
  );
}
