// A state as colour, icon and word.
import { Circle, CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'neutral' | 'accent';

const tones: Record<Tone, { box: string; Icon: typeof Circle | null }> = {
  ok: { box: 'bg-ok-soft text-ok', Icon: CircleCheck },
  warn: { box: 'bg-warn-soft text-warn', Icon: TriangleAlert },
  bad: { box: 'bg-bad-soft text-bad', Icon: CircleAlert },
  busy: { box: 'bg-accent-soft text-accent-ink', Icon: CircleDashed },
  neutral: { box: 'bg-sunken text-ink-soft', Icon: Circle },
  accent: { box: 'bg-accent-soft text-accent-ink', Icon: null },
};

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { box, Icon } = tones[tone];
  return (
    <span className={cx('inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap contrast:border', box)}>
      {Icon ? <Icon aria-hidden="true" className={cx('size-3.5', tone === 'busy' && 'motion-safe:animate-spin')} /> : null}
      {children}
    </span>
  );
}
