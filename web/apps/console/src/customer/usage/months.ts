// Billing months in UTC, and what a month will come to if it goes on as it began.
const SHOWN = 6;

/** "2026-11", "2026-10", …: the running month first. */
export function recentMonths(now: Date): string[] {
  return Array.from({ length: SHOWN }, (_, back) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7));
}

/** Used so far, spread over the whole month; never less than what is used already. */
export function forecastOf(used: number, now: Date): number {
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const share = (now.getTime() - start) / (end - start);
  return share <= 0 ? used : Math.max(used, Math.round(used / share));
}
