// What a plan costs and allows, in words.
import type { OfferedPlan } from '@guildhall/api';
import type { TFunction } from 'i18next';
import type { Format } from '../shell/format';

export function priceOf(plan: OfferedPlan, t: TFunction, format: Format): { amount: string; per: string } {
  const { terms } = plan;
  if (terms.custom_pricing && terms.price_cents === 0) return { amount: t('plan.custom'), per: '' };
  if (terms.price_cents === 0) return { amount: t('plan.free'), per: '' };
  return { amount: format.cents(terms.price_cents, terms.currency), per: terms.billing_period === 'yearly' ? t('plan.perYear') : t('plan.perMonth') };
}

export function quotaOf(quota: number | null, t: TFunction, format: Format): string {
  return quota === null ? t('plan.unlimited') : t('plan.questions', { count: quota, shown: format.number(quota) });
}

/** Active plans as the provider ordered them, dearest last. */
export function offeredPlans(plans: readonly OfferedPlan[]): OfferedPlan[] {
  const rank = (plan: OfferedPlan) => (plan.terms.custom_pricing ? Number.MAX_SAFE_INTEGER : plan.terms.price_cents);
  return plans.filter((plan) => plan.is_active).sort((a, b) => rank(a) - rank(b));
}

/** The cheapest way in. */
export function fromPrice(plans: readonly OfferedPlan[], t: TFunction, format: Format): string {
  const offered = offeredPlans(plans);
  const first = offered[0];
  if (!first) return '';
  const { amount, per } = priceOf(first, t, format);
  if (first.terms.price_cents === 0) return t('plan.fromFree');
  return t('plan.from', { price: [amount, per].filter(Boolean).join(' ') });
}
