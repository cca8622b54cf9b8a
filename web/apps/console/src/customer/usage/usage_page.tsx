// What an agent was asked in a month, against its quota, with what it leads to by the month's end.
import type { Usage } from '@guildhall/api';
import { Button, Card, cx, DataTable, EmptyState, Meter, Select, Skeleton } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ChartColumn, Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usageQuery } from '../../queries';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { useAccess } from '../agent/frame';
import { Figure } from '../home_page';
import { UsageChart } from './chart';
import { csvOf, download } from './csv';
import { forecastOf, recentMonths } from './months';

function UsageFigures({ usage }: { usage: Usage }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      <Figure label={t('usage.calls')} note={usage.failed > 0 ? t('usage.failed', { count: usage.failed }) : t('usage.allGood')}>
        {format.number(usage.api_calls)}
      </Figure>
      <Figure label={t('usage.tokens')} note={t('usage.tokensNote', { input: format.number(usage.tokens.input), output: format.number(usage.tokens.output) })}>
        {format.number(usage.tokens.input + usage.tokens.output)}
      </Figure>
      <Figure label={t('usage.latency')} note={t('usage.latencyNote', { ms: format.number(usage.p95_response_time_ms) })}>
        {t('usage.ms', { ms: format.number(usage.avg_response_time_ms) })}
      </Figure>
      <Figure label={t('usage.cost')} note={t('usage.costNote')}>
        {format.cents(usage.cost_cents, usage.currency)}
      </Figure>
    </dl>
  );
}

function ByDay({ usage, month }: { usage: Usage; month: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const access = useAccess();
  const [view, setView] = useState<'chart' | 'table'>('chart');
  if (usage.by_day.length === 0)
    return (
      <EmptyState
        icon={<ChartColumn aria-hidden="true" />}
        title={t('usage.emptyTitle')}
        action={
          <Link to="/console/agents/$access/widgets" params={{ access: access.id }} className="gh-link text-sm">
            {t('usage.emptyAction')}
          </Link>
        }
      >
        {t('usage.emptyText')}
      </EmptyState>
    );
  const busiest = usage.by_day.reduce((most, day) => (day.api_calls > most.api_calls ? day : most));
  return (
    <Card
      title={t('usage.byDay')}
      actions={
        <>
          <div role="group" aria-label={t('usage.view')} className="flex rounded-md border border-line p-0.5">
            {(['chart', 'table'] as const).map((one) => (
              <button key={one} type="button" aria-pressed={view === one} onClick={() => setView(one)} className={cx('h-7 rounded-sm px-3 text-sm touch:h-11', view === one ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-soft')}>
                {t(`usage.${one}`)}
              </button>
            ))}
          </div>
          <Button size="small" icon={<Download aria-hidden="true" className="size-4" />} onClick={() => download(`usage-${month}.csv`, csvOf(usage.by_day))}>
            CSV
          </Button>
        </>
      }
    >
      {view === 'chart' ? (
        <UsageChart period={usage.period} days={usage.by_day} summary={t('usage.summary', { calls: format.number(usage.api_calls), days: usage.by_day.length, busiest: format.date(busiest.date), most: format.number(busiest.api_calls) })} />
      ) : (
        <DataTable
          label={t('usage.byDay')}
          rows={usage.by_day}
          rowKey={(day) => day.date}
          columns={[
            { key: 'date', header: t('usage.day'), isTitle: true, cell: (day) => format.date(day.date) },
            { key: 'calls', header: t('usage.calls'), align: 'end', cell: (day) => format.number(day.api_calls) },
            { key: 'failed', header: t('usage.failedShort'), align: 'end', cell: (day) => format.number(day.failed) },
            { key: 'tokens', header: t('usage.tokens'), align: 'end', cell: (day) => format.number(day.tokens.input + day.tokens.output) },
            { key: 'cost', header: t('usage.cost'), align: 'end', cell: (day) => format.cents(day.cost_cents, usage.currency) },
          ]}
        />
      )}
    </Card>
  );
}

export function UsagePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const access = useAccess();
  const navigate = useNavigate();
  const [now] = useState(() => new Date());
  const months = recentMonths(now);
  const { period } = useSearch({ from: '/workspace/console/agents/$access/usage' });
  const month = period ?? months[0] ?? 'current_month';
  const usage = useQuery(usageQuery(access.id, month));
  const forecast = usage.data && month === months[0] ? forecastOf(usage.data.used, now) : null;
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <label className="grid gap-1.5 text-sm font-medium">
          {t('usage.month')}
          <Select className="!w-auto min-w-48" value={month} onChange={(event) => void navigate({ to: '/console/agents/$access/usage', params: { access: access.id }, search: event.target.value === months[0] ? {} : { period: event.target.value } })}>
            {months.map((one) => (
              <option key={one} value={one}>
                {format.month(Number(one.slice(0, 4)), Number(one.slice(5)))}
              </option>
            ))}
          </Select>
        </label>
      </div>
      {usage.isPending ? <Skeleton className="h-28 !rounded-xl" /> : null}
      {usage.error && !usage.data ? <FailureNote failure={usage.error} onRetry={() => void usage.refetch()} /> : null}
      {usage.data ? (
        <>
          <Card>
            <div className="grid gap-3">
              <Meter
                value={usage.data.used}
                max={usage.data.quota}
                label={t('agent.questions')}
                text={usage.data.quota === null ? t('agent.usedUnlimited', { used: format.number(usage.data.used) }) : t('agent.usedOf', { used: format.number(usage.data.used), quota: format.number(usage.data.quota) })}
              />
              {forecast !== null && usage.data.used > 0 ? (
                <p className={cx('text-sm', usage.data.quota !== null && forecast > usage.data.quota ? 'text-warn' : 'text-ink-soft')}>
                  {t('usage.forecast', { shown: format.number(forecast) })}{' '}
                  {usage.data.quota !== null && forecast > usage.data.quota ? (
                    <Link to="/console/agents/$access/plan" params={{ access: access.id }} className="underline">
                      {t('usage.upgrade')}
                    </Link>
                  ) : null}
                </p>
              ) : null}
            </div>
          </Card>
          <UsageFigures usage={usage.data} />
          <ByDay usage={usage.data} month={month} />
        </>
      ) : null}
    </div>
  );
}
