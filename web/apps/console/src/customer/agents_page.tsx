// Every agent of the organization.
import { buttonClass, EmptyState, Skeleton } from '@guildhall/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { Bot, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateAction } from '../shell/create';
import { FailureNote } from '../shell/failure_note';
import { PageBody, PageHead } from '../shell/page';
import { AgentCard } from './agent_card';
import { useOwnAgents } from './own_agents';

export function AgentGrid() {
  const { t } = useTranslation();
  const { agents, isPending, error, refetch } = useOwnAgents();
  if (isPending)
    return (
      <div role="status" aria-label={t('common.loading')} className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-5">
        <Skeleton className="h-36 !rounded-xl" />
        <Skeleton className="h-36 !rounded-xl" />
      </div>
    );
  if (error && !agents) return <FailureNote failure={error} onRetry={() => void refetch()} />;
  if (!agents || agents.length === 0)
    return (
      <EmptyState
        icon={<Bot aria-hidden="true" />}
        title={t('agents.emptyTitle')}
        action={
          <Link to="/marketplace" className={buttonClass('primary')}>
            {t('agents.emptyAction')}
          </Link>
        }
      >
        {t('agents.emptyText')}
      </EmptyState>
    );
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-5">
      {agents.map((access) => (
        <AgentCard key={access.id} access={access} />
      ))}
    </div>
  );
}

export function AgentsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [order] = useState(() => () => void navigate({ to: '/marketplace' }));
  useCreateAction(t('agents.add'), order);
  return (
    <PageBody>
      <PageHead
        title={t('nav.agents')}
        description={t('agents.text')}
        actions={
          <Link to="/marketplace" className={buttonClass('primary')}>
            <Plus aria-hidden="true" className="size-4" />
            {t('agents.add')}
          </Link>
        }
      />
      <AgentGrid />
    </PageBody>
  );
}
