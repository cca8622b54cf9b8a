// Invoices, newest first, with their lines.
import type { Invoice } from '@guildhall/api';
import { Badge, Card, DataTable, EmptyState, SkeletonRows, type Tone } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { ReceiptText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { invoicesQuery } from '../queries';
import { FailureNote } from '../shell/failure_note';
import { useFormat } from '../shell/format';
import { PageBody, PageHead } from '../shell/page';
import { useSession } from '../shell/session';
import { currencyOf, ownInvoices } from './money';
import { useOwnAgents } from './own_agents';

const tones: Record<string, Tone> = { pending: 'busy', created: 'warn', paid: 'ok', canceled: 'neutral' };
const states = ['pending', 'created', 'paid', 'canceled'] as const;

function InvoiceCard({ invoice, currency }: { invoice: Invoice; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const state = states.find((known) => known === invoice.state);
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-3">
          {format.month(invoice.year, invoice.month)}
          <Badge tone={tones[invoice.state] ?? 'neutral'}>{state ? t(`billing.state.${state}`) : invoice.state}</Badge>
        </span>
      }
      description={t('billing.number', { number: invoice.number })}
      actions={<span className="text-xl font-semibold tabular-nums">{format.money(invoice.total, currency)}</span>}
    >
      <DataTable
        label={t('billing.lines')}
        rows={invoice.items}
        rowKey={(item) => item.uuid}
        columns={[
          { key: 'name', header: t('billing.item'), isTitle: true, cell: (item) => <span dir="auto">{item.name}</span> },
          { key: 'period', header: t('billing.period'), cell: (item) => `${format.date(item.start)} – ${format.date(item.end)}` },
          { key: 'quantity', header: t('billing.quantity'), align: 'end', cell: (item) => format.number(Number(item.quantity)) },
          { key: 'price', header: t('billing.unitPrice'), align: 'end', cell: (item) => format.money(item.unit_price, currency) },
          { key: 'total', header: t('billing.total'), align: 'end', cell: (item) => format.money(item.total, currency) },
        ]}
      />
      {Number(invoice.tax) > 0 ? <p className="mt-3 text-end text-sm text-ink-soft">{t('billing.tax', { amount: format.money(invoice.tax, currency) })}</p> : null}
    </Card>
  );
}

export function BillingPage() {
  const { t } = useTranslation();
  const { organization } = useSession();
  const { agents } = useOwnAgents();
  const invoices = useQuery(invoicesQuery);
  const own = ownInvoices(invoices.data?.rows, organization?.uuid);
  return (
    <PageBody>
      <PageHead title={t('nav.billing')} description={t('billing.text')} />
      <div className="grid gap-6">
        {invoices.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
        {invoices.error ? <FailureNote failure={invoices.error} onRetry={() => void invoices.refetch()} /> : null}
        {invoices.data && own.length === 0 ? (
          <EmptyState icon={<ReceiptText aria-hidden="true" />} title={t('billing.emptyTitle')}>
            {t('billing.emptyText')}
          </EmptyState>
        ) : null}
        {own.map((invoice) => (
          <InvoiceCard key={invoice.uuid} invoice={invoice} currency={currencyOf(agents)} />
        ))}
      </div>
    </PageBody>
  );
}
