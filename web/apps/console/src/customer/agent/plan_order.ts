// Which of two plans is the larger one (contracts/registry.md §11).
export interface PlanSize {
  price_cents: number;
  monthly_quota: number | null;
  custom_pricing: boolean;
}

/** Dearer, or as dear with at least as many questions: it holds at once. Everything else waits for the next month. */
export function isUpgrade(from: PlanSize, to: PlanSize): boolean {
  if (to.custom_pricing || to.price_cents > from.price_cents) return true;
  const size = (quota: number | null) => quota ?? Number.POSITIVE_INFINITY;
  return to.price_cents === from.price_cents && size(to.monthly_quota) >= size(from.monthly_quota);
}
