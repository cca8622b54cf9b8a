// Beside every page of the area: where one can go. A bar at the bottom on a phone.
import { cx } from '@guildhall/ui';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Bot, House, ReceiptText } from 'lucide-react';
import { useTranslation } from 'react-i18next';

export function Workspace() {
  const { t } = useTranslation();
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, '') });
  const places = [
    { to: '/console', label: t('nav.overview'), Icon: House, active: path === '/console' },
    { to: '/console/agents', label: t('nav.agents'), Icon: Bot, active: path.startsWith('/console/agents') },
    { to: '/console/billing', label: t('nav.billing'), Icon: ReceiptText, active: path === '/console/billing' },
  ] as const;
  return (
    <div className="mx-auto flex w-full max-w-[88rem] flex-1">
      <nav aria-label={t('nav.label')} className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:sticky lg:top-14 lg:h-[calc(100dvh-3.5rem)] lg:w-56 lg:shrink-0 lg:border-t-0 lg:border-e lg:bg-transparent lg:px-4 lg:py-6">
        <ul className="flex lg:grid lg:gap-1">
          {places.map(({ to, label, Icon, active }) => (
            <li key={to} className="flex-1">
              <Link
                to={to}
                aria-current={active ? 'page' : undefined}
                className={cx(
                  'flex min-h-14 flex-col items-center justify-center gap-1 text-xs lg:min-h-10 lg:flex-row lg:justify-start lg:gap-3 lg:rounded-md lg:px-3 lg:text-sm',
                  active ? 'font-semibold text-accent-ink lg:bg-accent-soft' : 'text-ink-soft hover:text-ink lg:hover:bg-hover',
                )}
              >
                <Icon aria-hidden="true" className="size-5" />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex min-w-0 flex-1 flex-col pb-16 lg:pb-0">
        <Outlet />
      </div>
    </div>
  );
}
