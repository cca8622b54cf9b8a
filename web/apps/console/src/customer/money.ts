// Invoices of the organization in view, and their currency.
import type { Access, Invoice } from '@guildhall/api';

/** Invoices carry no currency in the Waldur dialect: it is the plans'. */
export function currencyOf(agents: readonly Access[] | undefined): string {
  return agents?.[0]?.plan.currency ?? 'EUR';
}

export function ownInvoices(invoices: readonly Invoice[] | undefined, organization: string | undefined): (Invoice & { customer?: string })[] {
  return (invoices ?? []).filter((invoice: Invoice & { customer?: string }) => !organization || !invoice.customer || invoice.customer.includes(organization));
}
