// How much of a limit is used, as a bar with its words.
import { cx } from './cx';

export function Meter({ value, max, label, text }: { value: number; max: number | null; label: string; text: string }) {
  const share = max ? Math.min(1, value / max) : 0;
  const percent = Math.round(share * 100);
  const fill = share >= 1 ? 'bg-bad' : share >= 0.8 ? 'bg-warn' : 'bg-accent';
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="text-ink-soft">{label}</span>
        <span className="font-medium tabular-nums">{text}</span>
      </div>
      {max === null ? null : (
        <div role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={value} aria-valuetext={text} className="h-2 overflow-hidden rounded-full bg-sunken contrast:border">
          <div className={cx('h-full rounded-full', fill)} style={{ width: `${Math.max(percent, value > 0 ? 2 : 0)}%` }} />
        </div>
      )}
    </div>
  );
}
