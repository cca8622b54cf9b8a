// What a customer sees first: how things stand, and the agents.
import { Skeleton } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { invoicesQuery } from '../queries';
import { useFormat } from '../shell/format';
import { PageBody, PageHead } from '../shell/page';
import { useSession } from '../shell/session';
import { AgentGrid } from './agents_page';
import { currencyOf, ownInvoices } from './money';
import { useOwnAgents } from './own_agents';

export function Figure({ label, children, note }: { label: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="grid content-start gap-1 rounded-xl border border-line bg-surface p-5 shadow-card">
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="text-2xl font-semibold tabular-nums">{children}</dd>
      {note ? <dd className="text-xs text-ink-faint">{note}</dd> : null}
    </div>
  );
}

export function HomePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { person, organization } = useSession();
  const { agents } = useOwnAgents();
  const invoices = useQuery(invoicesQuery);
  const open = ownInvoices(invoices.data?.rows, organization?.uuid).find((invoice) => invoice.state === 'pending');
  const name = (person?.full_name || person?.username || '').split(/[\s@]/)[0] ?? '';
  const wait = <Skeleton className="h-9 w-20" />;
  return (
    <PageBody>
      <PageHead title={t('home.title', { name })} description={organization ? <span dir="auto">{organization.name}</span> : undefined} />
      <dl className="mb-8 grid gap-4 sm:grid-cols-3">
        <Figure label={t('home.agents')}>{agents ? format.number(agents.length) : wait}</Figure>
        <Figure label={t('home.questions')} note={t('home.questionsNote')}>
          {agents ? format.number(agents.reduce((sum, access) => sum + access.quota_used, 0)) : wait}
        </Figure>
        <Figure label={t('home.cost')} note={t('home.costNote')}>
          {invoices.data ? format.money(open?.total ?? 0, currencyOf(agents)) : wait}
        </Figure>
      </dl>
      <h2 className="mb-4 text-lg font-semibold">{t('nav.agents')}</h2>
      <AgentGrid />
    </PageBody>
  );
}
