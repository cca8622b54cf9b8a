// The bar on top: where one is, what one looks for, who one is.
import { buttonClass, cx, IconButton, Menu, MenuChoice } from '@guildhall/ui';
import { Link, useRouterState } from '@tanstack/react-router';
import { Building2, ChevronDown, CircleHelp, Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import markUrl from './mark.svg';
import type { Overlay } from './layout';
import { useSession } from './session';
import { UserMenu } from './user_menu';

function OrganizationSwitch() {
  const { t } = useTranslation();
  const { organizations, organization, choose } = useSession();
  if (!organization) return null;
  if (organizations.length === 1) {
    return (
      <span className="hidden max-w-48 items-center gap-2 px-2 text-sm text-ink-soft lg:flex">
        <Building2 aria-hidden="true" className="size-4 shrink-0" />
        <span className="truncate" dir="auto">
          {organization.name}
        </span>
      </span>
    );
  }
  return (
    <Menu
      label={t('shell.organization', { name: organization.name })}
      triggerClass={cx(buttonClass('quiet', 'small'), 'max-w-36 sm:max-w-56')}
      trigger={
        <>
          <Building2 aria-hidden="true" className="size-4 shrink-0" />
          <span className="hidden truncate sm:inline" dir="auto">
            {organization.name}
          </span>
          <ChevronDown aria-hidden="true" className="size-4 shrink-0" />
        </>
      }
    >
      <MenuChoice label={t('shell.organizations')} value={organization.uuid} onChange={choose} choices={organizations.map((one) => ({ value: one.uuid, label: one.name }))} />
    </Menu>
  );
}

function AreaLink({ to, label, active }: { to: '/marketplace' | '/console'; label: string; active: boolean }) {
  return (
    <Link
      to={to}
      aria-current={active ? 'page' : undefined}
      className={cx('flex h-14 items-center border-b-2 px-2 text-sm font-medium sm:px-3', active ? 'border-accent text-ink' : 'border-transparent text-ink-soft hover:text-ink')}
    >
      {label}
    </Link>
  );
}

export function Header({ onOpen }: { onOpen: (overlay: Overlay) => void }) {
  const { t } = useTranslation();
  const { person, isLoading } = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const inMarket = path.startsWith('/marketplace');
  const inWorkspace = path.startsWith('/console') && !path.startsWith('/console/sign-');
  const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface">
      <div className="mx-auto flex h-14 max-w-[88rem] items-center gap-2 px-4 sm:gap-4 sm:px-6">
        <Link to="/marketplace" className="flex items-center gap-2.5 font-semibold" aria-label="Guildhall">
          <img src={markUrl} alt="" className="size-7" />
          <span className="hidden text-base tracking-tight md:inline">Guildhall</span>
        </Link>
        <nav aria-label={t('shell.areas')} className="flex">
          <AreaLink to="/marketplace" label={t('shell.marketplace')} active={inMarket} />
          {person ? <AreaLink to="/console" label={t('shell.workspace')} active={inWorkspace} /> : null}
        </nav>
        <div className="flex-1" />
        <button
          type="button"
          onClick={() => onOpen('palette')}
          aria-label={t('shell.search')}
          aria-keyshortcuts="Control+K Meta+K"
          className="flex h-9 items-center gap-2 rounded-md border border-line bg-sunken px-2.5 text-sm text-ink-faint hover:border-line-strong hover:text-ink touch:h-11 lg:w-56"
        >
          <Search aria-hidden="true" className="size-4" />
          <span className="hidden flex-1 text-start lg:inline">{t('shell.searchShort')}</span>
          <span aria-hidden="true" className="hidden text-xs lg:inline">
            {apple ? '⌘K' : 'Ctrl K'}
          </span>
        </button>
        <OrganizationSwitch />
        <IconButton label={t('shell.help')} size="small" className="max-sm:hidden" onClick={() => onOpen('help')}>
          <CircleHelp aria-hidden="true" className="size-5" />
        </IconButton>
        <UserMenu />
        {!person && !isLoading ? (
          <Link to="/console/sign-in" className={cx(buttonClass('primary', 'small'))}>
            {t('session.signIn')}
          </Link>
        ) : null}
      </div>
    </header>
  );
}
