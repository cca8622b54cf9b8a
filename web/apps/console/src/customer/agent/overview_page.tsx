// Where an agent stands: what is left to set up, what it was asked this month, and its ids.
import { buttonClass, Card, CopyButton, cx, Meter, Skeleton } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight, Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { documentsQuery, pairsQuery, personaQuery, sourcesQuery, usageQuery, widgetsQuery } from '../../queries';
import { useFormat } from '../../shell/format';
import { useAccess } from './frame';
import { wasTried } from './tried';

type Page = 'persona' | 'knowledge' | 'try' | 'widgets';

interface Step {
  page: Page;
  done: boolean;
}

function useSteps(id: string): Step[] | null {
  const persona = useQuery(personaQuery(id));
  const documents = useQuery(documentsQuery(id));
  const pairs = useQuery(pairsQuery(id, ''));
  const sources = useQuery(sourcesQuery(id));
  const widgets = useQuery(widgetsQuery(id));
  const usage = useQuery(usageQuery(id, 'current_month'));
  if (!persona.data || !documents.data || !pairs.data || !sources.data || !widgets.data || !usage.data) return null;
  return [
    { page: 'persona', done: persona.data.greeting_message !== '' },
    { page: 'knowledge', done: documents.data.count + pairs.data.count + sources.data.count > 0 },
    { page: 'try', done: usage.data.api_calls > 0 || wasTried(id) },
    { page: 'widgets', done: widgets.data.count > 0 },
  ];
}

function Checklist({ steps, id }: { steps: readonly Step[]; id: string }) {
  const { t } = useTranslation();
  const next = steps.find((step) => !step.done);
  const done = steps.filter((step) => step.done).length;
  return (
    <Card title={next ? t('setup.title') : t('setup.doneTitle')} description={next ? t('setup.progress', { done, total: steps.length }) : t('setup.doneText')}>
      <ol className="grid gap-2">
        {steps.map((step, index) => (
          <li key={step.page} className={cx('flex flex-wrap items-center gap-4 rounded-lg border p-4', step === next ? 'border-accent bg-accent-soft' : 'border-line')}>
            <span
              className={cx('grid size-8 shrink-0 place-items-center rounded-full text-sm font-semibold', step.done ? 'bg-ok-soft text-ok' : step === next ? 'bg-accent text-on-accent' : 'bg-sunken text-ink-soft', 'contrast:border')}
            >
              {step.done ? <Check aria-label={t('setup.done')} className="size-4" /> : index + 1}
            </span>
            <div className="grid min-w-40 flex-1 gap-0.5">
              <h3 className="text-sm font-semibold">{t(`setup.${step.page}`)}</h3>
              <p className="text-sm text-ink-soft">{t(`setup.${step.page}Text`)}</p>
            </div>
            <Link to={`/console/agents/$access/${step.page}`} params={{ access: id }} className={buttonClass(step === next ? 'primary' : 'quiet', 'small')} aria-label={`${step.done ? t('setup.open') : t('setup.start')}: ${t(`setup.${step.page}`)}`}>
              {step.done ? t('setup.open') : t('setup.start')}
              <ArrowRight aria-hidden="true" className="size-4 rtl:-scale-x-100" />
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-0.5">
      <dt className="text-xs text-ink-faint">{label}</dt>
      <dd className="flex items-center justify-between gap-2">
        <code className="min-w-0 text-xs break-all" dir="ltr">
          {value}
        </code>
        <CopyButton text={value} label={t('common.copyNamed', { name: label })} doneLabel={t('common.copied')} kind="quiet" bare />
      </dd>
    </div>
  );
}

export function OverviewPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const access = useAccess();
  const steps = useSteps(access.id);
  const used = access.quota_limit === null ? t('agent.usedUnlimited', { used: format.number(access.quota_used) }) : t('agent.usedOf', { used: format.number(access.quota_used), quota: format.number(access.quota_limit) });
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[1fr_22rem]">
      {steps ? <Checklist steps={steps} id={access.id} /> : <Skeleton className="h-96 !rounded-xl" />}
      <div className="grid gap-6 sm:grid-cols-2 xl:grid-cols-1">
        <Card title={t('agent.thisMonth')}>
          <div className="grid gap-3">
            <Meter value={access.quota_used} max={access.quota_limit} label={t('agent.questions')} text={used} />
            <p className="text-xs text-ink-faint">{t('agent.resets', { date: format.date(access.quota_reset_at) })}</p>
            <Link to="/console/agents/$access/usage" params={{ access: access.id }} className="gh-link w-fit text-sm">
              {t('agent.seeUsage')}
            </Link>
          </div>
        </Card>
        <Card title={t('agent.details')}>
          <dl className="grid gap-3">
            <div className="grid gap-0.5">
              <dt className="text-xs text-ink-faint">{t('agent.plan')}</dt>
              <dd className="text-sm" dir="auto">
                {access.plan.name}
              </dd>
            </div>
            <div className="grid gap-0.5">
              <dt className="text-xs text-ink-faint">{t('agent.version')}</dt>
              <dd className="text-sm tabular-nums" dir="ltr">
                {access.version}
              </dd>
            </div>
            <Fact label={t('agent.id')} value={access.id} />
            <Fact label={t('agent.endpoint')} value={`${location.origin}/api/v1/agents/${access.agent.agent_id}/chat`} />
          </dl>
        </Card>
      </div>
    </div>
  );
}
