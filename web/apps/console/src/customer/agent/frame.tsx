// Around the pages of one agent: its name, its state, and the way between its pages.
import type { Access } from '@guildhall/api';
import { cx, Skeleton } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { createContext, use, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { accessQuery } from '../../queries';
import { FailureNote } from '../../shell/failure_note';
import { PageBody, useTitle } from '../../shell/page';
import { StateBadge } from '../state_badge';
import { NotReady } from './not_ready';

const AccessContext = createContext<Access | null>(null);

export function useAccess(): Access {
  const access = use(AccessContext);
  if (!access) throw new Error('useAccess is for the pages of an agent');
  return access;
}

const pages = ['', 'persona', 'knowledge', 'try', 'quality', 'widgets', 'keys', 'usage', 'plan'] as const;

function AgentNav({ access }: { access: Access }) {
  const { t } = useTranslation();
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, '') });
  const current = useRef<HTMLAnchorElement>(null);
  const base = `/console/agents/${access.id}`;
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [path]);
  return (
    <nav aria-label={t('agent.pages')} className="-mx-4 overflow-x-auto border-b border-line px-4 sm:-mx-6 sm:px-6">
      <ul className="flex gap-1">
        {pages.map((page) => {
          const active = path === (page ? `${base}/${page}` : base);
          return (
            <li key={page}>
              <Link
                ref={active ? current : null}
                to={page ? `/console/agents/$access/${page}` : '/console/agents/$access'}
                params={{ access: access.id }}
                aria-current={active ? 'page' : undefined}
                className={cx('flex h-11 items-center border-b-2 px-3 text-sm whitespace-nowrap', active ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-soft hover:text-ink')}
              >
                {t(`agent.${page || 'overview'}`)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

export function AgentFrame() {
  const { t } = useTranslation();
  const { access: id } = useParams({ from: '/workspace/console/agents/$access' });
  const access = useQuery(accessQuery(id));
  useTitle(access.data?.name ?? '');
  if (access.isPending)
    return (
      <PageBody>
        <div role="status" aria-label={t('common.loading')} className="grid gap-4">
          <Skeleton className="h-10 w-72" />
          <Skeleton className="h-11" />
          <Skeleton className="h-64" />
        </div>
      </PageBody>
    );
  if (access.error && !access.data)
    return (
      <PageBody className="max-w-2xl">
        <h1 className="mb-4 text-xl font-semibold">{t('agent.unknown')}</h1>
        <FailureNote failure={access.error} onRetry={() => void access.refetch()} />
      </PageBody>
    );
  const isRunning = access.data.state === 'OK' || access.data.state === 'UPDATING';
  return (
    <AccessContext value={access.data}>
      <PageBody className="!pt-5">
        <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="text-2xl font-semibold" dir="auto">
            {access.data.name}
          </h1>
          <StateBadge access={access.data} />
        </div>
        {isRunning ? (
          <>
            <AgentNav access={access.data} />
            <div className="pt-6">
              <Outlet />
            </div>
          </>
        ) : (
          <NotReady access={access.data} />
        )}
      </PageBody>
    </AccessContext>
  );
}
