// A picture for a category, found by its name; agents of unknown kinds get the general one.
import { Blocks, GraduationCap, Headset, MonitorCog, TrendingUp, UsersRound } from 'lucide-react';
import { cx } from '@guildhall/ui';

const icons: readonly [RegExp, typeof Blocks][] = [
  [/support agent|customer|kund/i, Headset],
  [/sales|vertrieb/i, TrendingUp],
  [/human|people|personal/i, UsersRound],
  [/\bit\b/i, MonitorCog],
  [/educat|bildung/i, GraduationCap],
];

export function CategoryIcon({ category, size = 'medium' }: { category: string; size?: 'medium' | 'large' }) {
  const Icon = icons.find(([pattern]) => pattern.test(category))?.[1] ?? Blocks;
  const large = size === 'large';
  return (
    <span className={cx('grid shrink-0 place-items-center bg-accent-soft text-accent-ink contrast:border', large ? 'size-16 rounded-xl' : 'size-12 rounded-lg')}>
      <Icon aria-hidden="true" className={large ? 'size-8' : 'size-6'} />
    </span>
  );
}
