// The whole order on one page.
import { ApiFailure, type Access, type OfferedPlan, type Offering } from '@guildhall/api';
import { Button, Card, cx, Field, Input, Skeleton, Spinner } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeft, CircleCheck, ShieldCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { offeringQuery, personQuery } from '../queries';
import { CredentialsFields, showFieldErrors, useCredentials, type CredentialsMode } from '../shell/credentials_form';
import { FailureNote } from '../shell/failure_note';
import { useFormat } from '../shell/format';
import { PageBody, useTitle } from '../shell/page';
import { useSession } from '../shell/session';
import { placeOrder, type OrderStep } from './place_order';
import { offeredPlans, priceOf, quotaOf } from './prices';

function PlanChoice({ plans, chosen, onChoose }: { plans: readonly OfferedPlan[]; chosen: string; onChoose: (uuid: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <fieldset className="grid gap-2">
      <legend className="sr-only">{t('checkout.plan')}</legend>
      {plans.map((plan) => {
        const { amount, per } = priceOf(plan, t, format);
        return (
          <label key={plan.uuid} className={cx('flex cursor-pointer items-center gap-3 rounded-lg border px-4 py-3', plan.uuid === chosen ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover')}>
            <input type="radio" name="plan" value={plan.uuid} checked={plan.uuid === chosen} onChange={() => onChoose(plan.uuid)} className="size-4 accent-accent" />
            <span className="grid min-w-0 flex-1">
              <span className="text-sm font-medium" dir="auto">
                {plan.name}
              </span>
              <span className="text-xs text-ink-soft">{quotaOf(plan.terms.monthly_quota, t, format)}</span>
            </span>
            <span className="text-end text-sm font-semibold tabular-nums">
              {amount} <span className="font-normal text-ink-soft">{per}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function Progress({ step, withAccount }: { step: OrderStep; withAccount: boolean }) {
  const { t } = useTranslation();
  const steps: OrderStep[] = withAccount ? ['account', 'organization', 'order', 'agent'] : ['organization', 'order', 'agent'];
  const at = steps.indexOf(step);
  return (
    <ol role="status" className="grid gap-2 text-sm">
      {steps.map((one, index) => (
        <li key={one} className={cx('flex items-center gap-2', index > at && 'text-ink-faint')}>
          {index < at ? <CircleCheck aria-hidden="true" className="size-4 text-ok" /> : index === at ? <Spinner /> : <span className="size-4" />}
          {t(`checkout.step.${one}`)}
        </li>
      ))}
    </ol>
  );
}

function CheckoutForm({ offering }: { offering: Offering }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { plan: asked } = useSearch({ from: '/marketplace/$offering/order' });
  const { person, organization, organizations } = useSession();
  const plans = offeredPlans(offering.plans).filter((one) => !one.terms.custom_pricing);
  const [chosen, setChosen] = useState(plans.find((plan) => plan.uuid === asked)?.uuid ?? plans[0]?.uuid ?? '');
  const [mode, setMode] = useState<CredentialsMode>('sign-up');
  const [agentName, setAgentName] = useState(offering.name);
  const [organizationName, setOrganizationName] = useState('');
  const [step, setStep] = useState<OrderStep>('organization');
  const idempotencyKey = useRef(crypto.randomUUID());
  const form = useCredentials(mode);
  const plan = plans.find((one) => one.uuid === chosen);

  const order = useMutation<Access, Error, boolean>({
    mutationFn: async (withAccount) => {
      if (!plan) throw new Error('no plan is chosen');
      return placeOrder({
        offering,
        plan,
        credentials: withAccount ? { mode, values: form.getValues() } : null,
        organizationName: organizationName.trim(),
        organization: organization?.uuid ?? '',
        agentName: agentName.trim() || offering.name,
        idempotencyKey: idempotencyKey.current,
        onStep: setStep,
        onSignedIn: async () => void (await queries.fetchQuery({ ...personQuery, staleTime: 0 })),
      });
    },
    onSuccess: async (access) => {
      await queries.invalidateQueries();
      await navigate({ to: '/console/agents/$access', params: { access: access.id } });
    },
    onError: (failure) => {
      showFieldErrors(form, failure);
      // The server answered: what is ordered next is another order.
      if (failure instanceof ApiFailure && failure.status >= 400 && failure.status < 500) idempotencyKey.current = crypto.randomUUID();
    },
  });

  const failure = order.error;
  const isWrongPassword = failure instanceof ApiFailure && failure.status === 401;
  const isAboutField = failure instanceof ApiFailure && ['email', 'username', 'password'].some((field) => field in failure.fields);
  const price = plan ? priceOf(plan, t, format) : null;

  function submit(event: React.FormEvent): void {
    event.preventDefault();
    if (person) return order.mutate(false);
    void form.handleSubmit(() => order.mutate(true))(event);
  }

  return (
    <form noValidate onSubmit={submit} className="grid items-start gap-6 lg:grid-cols-[1fr_24rem]">
      <div className="grid gap-6">
        <Card title={t('checkout.plan')}>
          <PlanChoice plans={plans} chosen={chosen} onChoose={setChosen} />
        </Card>
        {person ? (
          <Card title={t('checkout.account')}>
            <p className="text-sm text-ink-soft" dir="auto">
              {t('checkout.signedInAs', { name: person.full_name || person.username })}
              {organization && organizations.length > 0 ? ` · ${organization.name}` : ''}
            </p>
          </Card>
        ) : (
          <Card
            title={mode === 'sign-up' ? t('checkout.newAccount') : t('checkout.haveAccount')}
            actions={
              <Button kind="quiet" size="small" onClick={() => setMode(mode === 'sign-up' ? 'sign-in' : 'sign-up')}>
                {mode === 'sign-up' ? t('session.haveAccount') : t('session.noAccount')}
              </Button>
            }
          >
            <div className="grid gap-4">
              <CredentialsFields form={form} mode={mode} />
              {isWrongPassword ? (
                <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
                  {t('session.wrongBoth')}
                </p>
              ) : null}
              {mode === 'sign-up' ? (
                <Field label={t('checkout.organization')} optional={t('form.optional')} hint={t('checkout.organizationHint')}>
                  {(control) => <Input {...control} autoComplete="organization" maxLength={150} value={organizationName} onChange={(event) => setOrganizationName(event.target.value)} />}
                </Field>
              ) : null}
            </div>
          </Card>
        )}
        <Card title={t('checkout.agent')}>
          <Field label={t('checkout.agentName')} hint={t('checkout.agentNameHint')}>
            {(control) => <Input {...control} maxLength={120} required value={agentName} onChange={(event) => setAgentName(event.target.value)} />}
          </Field>
        </Card>
      </div>
      <aside aria-label={t('checkout.summary')} className="lg:sticky lg:top-20">
        <Card title={t('checkout.summary')}>
          <div className="grid gap-4">
            <dl className="grid gap-2 text-sm">
              <div className="flex justify-between gap-4">
                <dt className="text-ink-soft">{t('checkout.product')}</dt>
                <dd className="text-end font-medium" dir="auto">
                  {offering.name}
                </dd>
              </div>
              <div className="flex justify-between gap-4">
                <dt className="text-ink-soft">{t('checkout.plan')}</dt>
                <dd className="text-end font-medium" dir="auto">
                  {plan?.name}
                </dd>
              </div>
              <div className="flex items-baseline justify-between gap-4 border-t border-line pt-3">
                <dt className="font-medium">{t('checkout.total')}</dt>
                <dd className="text-end text-xl font-semibold tabular-nums">
                  {price?.amount} <span className="text-sm font-normal text-ink-soft">{price?.per}</span>
                </dd>
              </div>
            </dl>
            {order.isPending || order.isSuccess ? <Progress step={step} withAccount={!person || step === 'account'} /> : null}
            {failure && !isWrongPassword && !isAboutField ? <FailureNote failure={failure} /> : null}
            <Button kind="primary" size="large" type="submit" busy={order.isPending || order.isSuccess} disabled={!plan}>
              {plan && plan.terms.price_cents > 0 ? t('checkout.orderPaid') : t('checkout.orderFree')}
            </Button>
            <p className="flex gap-2 text-xs text-ink-soft">
              <ShieldCheck aria-hidden="true" className="size-4 shrink-0" />
              {t('checkout.terms')}
            </p>
          </div>
        </Card>
      </aside>
    </form>
  );
}

export function CheckoutPage() {
  const { t } = useTranslation();
  const { offering: uuid } = useParams({ from: '/marketplace/$offering/order' });
  const offering = useQuery(offeringQuery(uuid));
  useTitle(t('checkout.title'));
  return (
    <PageBody className="grid max-w-6xl content-start gap-6">
      <Link to="/marketplace/$offering" params={{ offering: uuid }} className="inline-flex w-fit items-center gap-2 text-sm text-ink-soft hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-4 rtl:-scale-x-100" />
        <span dir="auto">{offering.data?.name ?? t('market.back')}</span>
      </Link>
      <h1 className="text-2xl font-semibold">{t('checkout.title')}</h1>
      {offering.isPending ? <Skeleton className="h-96 !rounded-xl" /> : null}
      {offering.error ? <FailureNote failure={offering.error} onRetry={() => void offering.refetch()} /> : null}
      {offering.data ? <CheckoutForm offering={offering.data} /> : null}
    </PageBody>
  );
}
