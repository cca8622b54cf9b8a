// The plan, the others beside it, and the way out.
import { agents, market, type Access, type OfferedPlan } from '@guildhall/api';
import { Badge, Button, Card, Confirm, cx, SkeletonRows, useToast } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { offeredPlans, priceOf, quotaOf } from '../../marketplace/prices';
import { undashed } from '../../marketplace/uuid';
import { accessesQuery, accessQuery, resourceQuery } from '../../queries';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { useAccess } from './frame';
import { isUpgrade } from './plan_order';

function usePlans(access: Access) {
  const resource = useQuery(resourceQuery(access.id));
  const offering = resource.data?.offering_uuid;
  const plans = useQuery({ queryKey: ['offering', offering], queryFn: () => market.offering(offering ?? ''), enabled: Boolean(offering) });
  return { plans: plans.data ? offeredPlans(plans.data.plans) : null, error: resource.error ?? plans.error };
}

function PlanRow({ plan, access, onChoose }: { plan: OfferedPlan; access: Access; onChoose: (plan: OfferedPlan) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { amount, per } = priceOf(plan, t, format);
  const isCurrent = plan.uuid === undashed(access.plan.id);
  const isPending = access.pending_plan_id !== null && plan.uuid === undashed(access.pending_plan_id);
  const upgrade = isUpgrade(access.plan, plan.terms);
  return (
    <li className={cx('flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border p-4', isCurrent ? 'border-accent bg-accent-soft' : 'border-line')}>
      <div className="grid min-w-40 flex-1 gap-0.5">
        <h3 className="flex flex-wrap items-center gap-2 text-sm font-semibold">
          <span dir="auto">{plan.name}</span>
          {isCurrent ? <Badge tone="ok">{t('planPage.current')}</Badge> : null}
          {isPending ? <Badge tone="busy">{t('planPage.next')}</Badge> : null}
        </h3>
        <p className="text-sm text-ink-soft">
          {quotaOf(plan.terms.monthly_quota, t, format)} · {t('plan.rate', { count: Number(plan.terms.rate_limit_per_second) })}
        </p>
      </div>
      <p className="text-sm">
        <span className="text-base font-semibold tabular-nums">{amount}</span> <span className="text-ink-soft">{per}</span>
      </p>
      {isCurrent || isPending || plan.terms.custom_pricing ? null : (
        <Button size="small" kind={upgrade ? 'primary' : 'secondary'} disabled={access.state !== 'OK'} onClick={() => onChoose(plan)} aria-label={`${upgrade ? t('planPage.upgrade') : t('planPage.downgrade')}: ${plan.name}`}>
          {upgrade ? t('planPage.upgrade') : t('planPage.downgrade')}
        </Button>
      )}
    </li>
  );
}

function CancelCard({ access }: { access: Access }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const [when, setWhen] = useState<'now' | 'period_end' | null>(null);
  const cancel = useMutation({
    mutationFn: (moment: 'now' | 'period_end') => agents.cancelAccess(access.id, moment),
    onSuccess: async () => {
      setWhen(null);
      toast(t('planPage.cancelled'));
      await Promise.all([queries.invalidateQueries({ queryKey: accessQuery(access.id).queryKey }), queries.invalidateQueries({ queryKey: accessesQuery.queryKey })]);
    },
  });
  return (
    <Card title={t('planPage.cancelTitle')} description={access.expires_at ? t('planPage.ends', { date: format.date(access.expires_at) }) : t('planPage.cancelText')}>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setWhen('period_end')} disabled={access.expires_at !== null}>
          {t('planPage.cancelPeriod')}
        </Button>
        <Button kind="quiet" onClick={() => setWhen('now')}>
          {t('planPage.cancelNow')}
        </Button>
      </div>
      <Confirm
        open={when !== null}
        onClose={() => setWhen(null)}
        onConfirm={() => when && cancel.mutate(when)}
        busy={cancel.isPending}
        title={t('planPage.cancelConfirm', { name: access.name })}
        effect={when === 'now' ? t('planPage.cancelNowEffect') : t('planPage.cancelPeriodEffect')}
        confirmLabel={when === 'now' ? t('planPage.cancelNow') : t('planPage.cancelPeriod')}
        cancelLabel={t('planPage.keep')}
        problem={cancel.error ? <FailureNote failure={cancel.error} /> : null}
      />
    </Card>
  );
}

export function PlanPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const access = useAccess();
  const queries = useQueryClient();
  const { plans, error } = usePlans(access);
  const [wanted, setWanted] = useState<OfferedPlan | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: ['access', access.id] });
  const change = useMutation({
    mutationFn: (plan: OfferedPlan) => agents.changePlan(access.id, plan.terms.slug),
    onSuccess: async (result, plan) => {
      setWanted(null);
      toast(result.direction === 'upgrade' ? t('planPage.upgraded', { plan: plan.name }) : t('planPage.downgraded', { plan: plan.name }));
      await changed();
    },
  });
  const drop = useMutation({ mutationFn: () => agents.dropPendingPlan(access.id), onSuccess: changed });
  const upgrade = wanted ? isUpgrade(access.plan, wanted.terms) : false;
  return (
    <div className="grid max-w-4xl gap-6">
      <Card title={t('planPage.title')} description={t('planPage.text')}>
        {error ? <FailureNote failure={error} /> : null}
        {!plans && !error ? <SkeletonRows label={t('common.loading')} rows={4} /> : null}
        <ul className="grid gap-3">
          {plans?.map((plan) => (
            <PlanRow key={plan.uuid} plan={plan} access={access} onChoose={setWanted} />
          ))}
        </ul>
        {access.pending_plan_id ? (
          <div className="mt-4 flex flex-wrap items-center justify-between gap-3 rounded-lg bg-warn-soft p-4 text-sm">
            <span>{t('planPage.pendingText', { date: format.date(access.quota_reset_at) })}</span>
            <Button size="small" busy={drop.isPending} onClick={() => drop.mutate()}>
              {t('planPage.keepPlan')}
            </Button>
          </div>
        ) : null}
        {drop.error ? <FailureNote failure={drop.error} /> : null}
      </Card>
      <CancelCard access={access} />
      <Confirm
        open={wanted !== null}
        onClose={() => setWanted(null)}
        onConfirm={() => wanted && change.mutate(wanted)}
        busy={change.isPending}
        isHarmless={upgrade}
        title={t('planPage.changeTitle', { plan: wanted?.name ?? '' })}
        effect={upgrade ? t('planPage.upgradeEffect') : t('planPage.downgradeEffect', { date: format.date(access.quota_reset_at) })}
        confirmLabel={upgrade ? t('planPage.upgrade') : t('planPage.downgrade')}
        cancelLabel={t('common.cancel')}
        problem={change.error ? <FailureNote failure={change.error} /> : null}
      />
    </div>
  );
}
