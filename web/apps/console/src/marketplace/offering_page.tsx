// One agent for sale: what it does, who sells it, and its plans side by side.
import { Badge, buttonClass, cx, Skeleton } from '@guildhall/ui';
import type { OfferedPlan, Offering } from '@guildhall/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft, BookOpenCheck, Check, Code, Languages, Quote } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { offeringQuery } from '../queries';
import { FailureNote } from '../shell/failure_note';
import { useFormat } from '../shell/format';
import { PageBody, useTitle } from '../shell/page';
import { CategoryIcon } from './category_icon';
import { offeredPlans, priceOf, quotaOf } from './prices';

function usePlanFacts(plan: OfferedPlan): string[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { terms } = plan;
  return [
    quotaOf(terms.monthly_quota, t, format),
    t('plan.rate', { count: Number(terms.rate_limit_per_second) }),
    ...(terms.monthly_quota === null ? [] : [terms.overage_mode === 'bill' ? t('plan.overageBilled', { price: format.money(terms.overage_price, terms.currency) }) : t('plan.overageBlocked')]),
    ...terms.features,
  ];
}

function PlanCard({ plan, offering, recommended }: { plan: OfferedPlan; offering: Offering; recommended: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { amount, per } = priceOf(plan, t, format);
  const facts = usePlanFacts(plan);
  const canOrder = offering.state === 'Active' && !plan.terms.custom_pricing;
  return (
    <li className={cx('flex flex-col gap-5 rounded-xl border bg-surface p-6 shadow-card', recommended ? 'border-2 border-accent' : 'border-line')}>
      <div className="grid gap-1">
        <div className="flex min-h-6 items-center justify-between gap-2">
          <h3 className="text-base font-semibold" dir="auto">
            {plan.name}
          </h3>
          {recommended ? <Badge tone="accent">{t('plan.recommended')}</Badge> : null}
        </div>
        <p className="flex flex-wrap items-baseline gap-x-1.5">
          <span className="text-2xl font-semibold tabular-nums">{amount}</span>
          {per ? <span className="text-sm text-ink-soft">{per}</span> : null}
        </p>
        {plan.description ? (
          <p className="text-sm text-ink-soft" dir="auto">
            {plan.description}
          </p>
        ) : null}
      </div>
      <ul className="grid flex-1 content-start gap-2.5 text-sm">
        {facts.map((fact) => (
          <li key={fact} className="flex gap-2.5">
            <Check aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent" />
            <span dir="auto">{fact}</span>
          </li>
        ))}
      </ul>
      {canOrder ? (
        <Link to="/marketplace/$offering/order" params={{ offering: offering.uuid }} search={{ plan: plan.uuid }} className={buttonClass(recommended ? 'primary' : 'secondary')} aria-label={t('plan.orderNamed', { plan: plan.name })}>
          {t('plan.order')}
        </Link>
      ) : (
        <p className="text-sm text-ink-soft">{offering.state === 'Active' ? t('plan.onRequest', { provider: offering.customer_name }) : t('market.pausedText')}</p>
      )}
    </li>
  );
}

/** The plan most people need: the first that costs something, else the first. */
function recommendedPlan(plans: readonly OfferedPlan[]): OfferedPlan | undefined {
  return plans.find((plan) => plan.terms.price_cents > 0 && !plan.terms.custom_pricing) ?? plans[0];
}

function Reason({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="flex gap-4">
      <span className="mt-0.5 text-accent [&_svg]:size-5">{icon}</span>
      <div className="grid content-start gap-1">
        <h3 className="text-sm font-semibold">{title}</h3>
        <p className="text-sm text-ink-soft">{children}</p>
      </div>
    </div>
  );
}

function OfferingView({ offering }: { offering: Offering }) {
  const { t } = useTranslation();
  const format = useFormat();
  useTitle(offering.name);
  const plans = offeredPlans(offering.plans);
  const recommended = recommendedPlan(plans);
  const languages = offering.attributes.supported_languages ?? [];
  const tags = [...(offering.attributes.capabilities ?? []), ...(offering.attributes.tags ?? [])];
  return (
    <>
      <header className="flex flex-col items-stretch gap-6 sm:flex-row sm:items-start">
        <CategoryIcon category={offering.category_title} size="large" />
        <div className="grid min-w-0 flex-1 gap-2">
          <h1 className="text-2xl font-semibold sm:text-3xl" dir="auto">
            {offering.name}
          </h1>
          <p className="text-sm text-ink-soft" dir="auto">
            {t('market.by', { provider: offering.customer_name })} · {offering.category_title}
          </p>
          <p className="max-w-2xl text-base text-ink-soft" dir="auto">
            {offering.full_description || offering.description}
          </p>
          {tags.length > 0 ? (
            <ul className="mt-1 flex flex-wrap gap-2">
              {tags.map((tag) => (
                <li key={tag} className="rounded-full bg-sunken px-3 py-1 text-xs text-ink-soft contrast:border" dir="auto">
                  {tag}
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        {recommended && offering.state === 'Active' ? (
          <Link to="/marketplace/$offering/order" params={{ offering: offering.uuid }} search={{ plan: recommended.uuid }} className={buttonClass('primary', 'large')}>
            {t('plan.orderNow')}
          </Link>
        ) : null}
      </header>
      <section aria-labelledby="plans" className="grid gap-4">
        <h2 id="plans" className="text-xl font-semibold">
          {t('plan.title')}
        </h2>
        <ul className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,15rem),1fr))] gap-4">
          {plans.map((plan) => (
            <PlanCard key={plan.uuid} plan={plan} offering={offering} recommended={plan === recommended && plans.length > 1} />
          ))}
        </ul>
        <p className="text-sm text-ink-faint">{t('plan.note')}</p>
      </section>
      <section aria-labelledby="how" className="grid gap-5 rounded-xl border border-line bg-surface p-6 shadow-card">
        <h2 id="how" className="text-base font-semibold">
          {t('market.howTitle')}
        </h2>
        <div className="grid gap-6 sm:grid-cols-2 lg:grid-cols-4">
          <Reason icon={<BookOpenCheck aria-hidden="true" />} title={t('market.how1')}>
            {t('market.how1Text')}
          </Reason>
          <Reason icon={<Quote aria-hidden="true" />} title={t('market.how2')}>
            {t('market.how2Text')}
          </Reason>
          <Reason icon={<Code aria-hidden="true" />} title={t('market.how3')}>
            {t('market.how3Text')}
          </Reason>
          <Reason icon={<Languages aria-hidden="true" />} title={t('market.how4')}>
            {languages.length > 0 ? languages.map((code) => format.languageName(code)).join(', ') : t('market.how4Text')}
          </Reason>
        </div>
      </section>
    </>
  );
}

export function OfferingPage() {
  const { t } = useTranslation();
  const { offering: uuid } = useParams({ from: '/marketplace/$offering' });
  const offering = useQuery(offeringQuery(uuid));
  return (
    <PageBody className="grid content-start gap-8">
      <Link to="/marketplace" className="inline-flex w-fit items-center gap-2 text-sm text-ink-soft hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-4 rtl:-scale-x-100" />
        {t('market.back')}
      </Link>
      {offering.isPending ? (
        <div role="status" aria-label={t('common.loading')} className="grid gap-6">
          <Skeleton className="h-24 max-w-2xl" />
          <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
            {Array.from({ length: 4 }, (_, index) => (
              <Skeleton key={index} className="h-72 !rounded-xl" />
            ))}
          </div>
        </div>
      ) : null}
      {offering.error ? (
        <>
          <h1 className="text-xl font-semibold">{t('market.title')}</h1>
          <FailureNote failure={offering.error} onRetry={() => void offering.refetch()} />
        </>
      ) : null}
      {offering.data ? <OfferingView offering={offering.data} /> : null}
    </PageBody>
  );
}
