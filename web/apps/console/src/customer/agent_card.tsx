// A subscription at a glance.
import type { Access } from '@guildhall/api';
import { Meter } from '@guildhall/ui';
import { Link } from '@tanstack/react-router';
import { Bot } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../shell/format';
import { StateBadge } from './state_badge';

export function AgentCard({ access }: { access: Access }) {
  const { t } = useTranslation();
  const format = useFormat();
  const used = access.quota_limit === null ? t('agent.usedUnlimited', { used: format.number(access.quota_used) }) : t('agent.usedOf', { used: format.number(access.quota_used), quota: format.number(access.quota_limit) });
  return (
    <article className="relative flex flex-col gap-5 rounded-xl border border-line bg-surface p-5 shadow-card transition-colors duration-150 focus-within:border-accent hover:border-accent">
      <div className="flex items-start gap-4">
        <span className="grid size-11 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-ink contrast:border">
          <Bot aria-hidden="true" className="size-6" />
        </span>
        <div className="grid min-w-0 flex-1 gap-0.5">
          <h2 className="text-base font-semibold" dir="auto">
            <Link to="/console/agents/$access" params={{ access: access.id }} className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-focus">
              {access.name}
            </Link>
          </h2>
          <p className="text-sm text-ink-soft" dir="auto">
            {t('agent.planNamed', { plan: access.plan.name })}
          </p>
        </div>
        <StateBadge access={access} />
      </div>
      <Meter value={access.quota_used} max={access.quota_limit} label={t('agent.thisMonth')} text={used} />
    </article>
  );
}
