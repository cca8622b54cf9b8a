// How the widget will look on a page: name, greeting, colour, place and theme, as they are typed.
import { cx } from '@guildhall/ui';
import { MessageCircle, SendHorizontal, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { inkOn, isColor } from './colors';

export interface PreviewProps {
  name: string;
  greeting: string;
  color: string;
  avatar: string;
  position: 'bottom-right' | 'bottom-left';
  theme: 'light' | 'dark' | 'auto';
}

const FALLBACK_COLOR = '#2563eb';

export function WidgetPreview({ name, greeting, color, avatar, position, theme }: PreviewProps) {
  const { t } = useTranslation();
  const fill = isColor(color) ? color : FALLBACK_COLOR;
  const brand = { backgroundColor: fill, color: inkOn(fill) };
  const shownName = name || t('preview.name');
  return (
    <div role="img" aria-label={t('preview.label', { name: shownName })} style={theme === 'auto' ? undefined : { colorScheme: theme }} className="relative overflow-hidden rounded-xl border border-line bg-sunken">
      <div aria-hidden="true" className="flex items-center gap-1.5 border-b border-line bg-surface px-4 py-2.5">
        <span className="size-2.5 rounded-full bg-line-strong/50" />
        <span className="size-2.5 rounded-full bg-line-strong/50" />
        <span className="size-2.5 rounded-full bg-line-strong/50" />
        <span className="ms-3 h-5 flex-1 rounded-full bg-sunken" />
      </div>
      <div aria-hidden="true" className="relative grid min-h-104 content-start gap-3 p-5">
        <span className="h-5 w-2/5 rounded-sm bg-line" />
        <span className="h-3 w-4/5 rounded-sm bg-line" />
        <span className="h-3 w-3/5 rounded-sm bg-line" />
        <div dir="ltr" className={cx('absolute bottom-4 grid w-[min(18rem,calc(100%-2rem))] gap-3', position === 'bottom-left' ? 'left-4 justify-items-start' : 'right-4 justify-items-end')}>
          <div className="w-full overflow-hidden rounded-lg border border-line bg-surface text-start text-ink shadow-float">
            <div className="flex items-center gap-2.5 px-3 py-2.5" style={brand}>
              <span className="grid size-8 place-items-center rounded-full bg-current/15 text-base">{avatar || [...shownName][0]}</span>
              <span className="min-w-0 flex-1 truncate text-sm font-semibold" dir="auto">
                {shownName}
              </span>
              <X className="size-4" />
            </div>
            <div className="grid gap-2.5 p-3 text-sm">
              <p className="w-fit max-w-[90%] rounded-lg bg-sunken px-3 py-2 break-words" dir="auto">
                {greeting || t('preview.greeting')}
              </p>
              <p className="ms-auto w-fit max-w-[90%] rounded-lg px-3 py-2" style={brand} dir="auto">
                {t('preview.question')}
              </p>
            </div>
            <div className="flex items-center justify-between border-t border-line px-3 py-2.5 text-sm text-ink-faint">
              <span>{t('preview.placeholder')}</span>
              <SendHorizontal className="size-4" />
            </div>
          </div>
          <span className="grid size-13 place-items-center rounded-full shadow-float" style={brand}>
            <MessageCircle className="size-6" />
          </span>
        </div>
      </div>
    </div>
  );
}
