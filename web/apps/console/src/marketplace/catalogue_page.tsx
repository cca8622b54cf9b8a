// What is for sale: categories, search, order; every filter is part of the address.
import { buttonClass, cx, EmptyState, Input, Select, Skeleton } from '@guildhall/ui';
import type { Offering } from '@guildhall/api';
import { market } from '@guildhall/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Search, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { categoriesQuery, offeringsQuery } from '../queries';
import { FailureNote } from '../shell/failure_note';
import { useFormat } from '../shell/format';
import { PageBody, useTitle } from '../shell/page';
import { CategoryIcon } from './category_icon';
import { fromPrice } from './prices';

const TYPING_MS = 250;

function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  // The address changed from elsewhere (back, a link): the field follows.
  if (value !== known) {
    setKnown(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <form role="search" className="relative max-w-xl flex-1" onSubmit={(event) => (event.preventDefault(), onChange(typed))}>
      <Search aria-hidden="true" className="pointer-events-none absolute start-4 top-1/2 size-5 -translate-y-1/2 text-ink-faint" />
      <Input type="search" aria-label={t('market.search')} placeholder={t('market.searchPlaceholder')} value={typed} onChange={(event) => setTyped(event.target.value)} className="!h-12 !rounded-lg !ps-12 !text-base" />
    </form>
  );
}

function OfferingCard({ offering }: { offering: Offering }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <article className="group relative flex flex-col gap-4 rounded-xl border border-line bg-surface p-5 shadow-card transition-colors duration-150 focus-within:border-accent hover:border-accent">
      <div className="flex items-start gap-4">
        <CategoryIcon category={offering.category_title} />
        <div className="min-w-0">
          <h2 className="text-base font-semibold" dir="auto">
            <Link to="/marketplace/$offering" params={{ offering: offering.uuid }} className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-focus">
              {offering.name}
            </Link>
          </h2>
          <p className="text-sm text-ink-soft" dir="auto">
            {t('market.by', { provider: offering.customer_name })}
          </p>
        </div>
      </div>
      <p className="line-clamp-3 flex-1 text-sm text-ink-soft" dir="auto">
        {offering.description}
      </p>
      <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line pt-4 text-sm">
        <span className="text-ink-soft" dir="auto">
          {offering.category_title}
        </span>
        <span className="font-semibold tabular-nums">{offering.state === 'Paused' ? t('market.paused') : fromPrice(offering.plans, t, format)}</span>
      </div>
    </article>
  );
}

function Categories({ chosen }: { chosen: string }) {
  const { t } = useTranslation();
  const categories = useQuery(categoriesQuery);
  const chip = (active: boolean) =>
    cx('inline-flex h-9 items-center gap-2 rounded-full border px-4 text-sm whitespace-nowrap touch:h-11', active ? 'border-accent bg-accent text-on-accent' : 'border-line-strong/60 bg-surface text-ink hover:bg-hover');
  return (
    <nav aria-label={t('market.categories')} className="-mx-4 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-0">
      <ul className="flex gap-2">
        <li>
          <Link to="/marketplace" search={(old) => ({ ...(old.q ? { q: old.q } : {}), ...(old.sort ? { sort: old.sort } : {}) })} aria-current={chosen === '' ? 'true' : undefined} className={chip(chosen === '')}>
            {t('market.all')}
          </Link>
        </li>
        {categories.data?.rows.map((category) => (
          <li key={category.uuid}>
            <Link
              to="/marketplace"
              search={(old) => ({ ...(old.q ? { q: old.q } : {}), ...(old.sort ? { sort: old.sort } : {}), category: category.uuid })}
              aria-current={chosen === category.uuid ? 'true' : undefined}
              className={chip(chosen === category.uuid)}
            >
              <span dir="auto">{category.title}</span>
              <span className="text-xs tabular-nums opacity-80">{category.available_offerings_count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function CataloguePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { q = '', category = '', sort = '', page = 1 } = useSearch({ from: '/marketplace' });
  const found = useQuery(offeringsQuery({ keyword: q, category, order: sort, page }));
  const [change] = useState(() => (next: string) => void navigate({ to: '/marketplace', search: (old) => ({ ...old, page: 1, q: next }), replace: true }));
  useTitle(t('market.title'));
  const pages = Math.ceil((found.data?.count ?? 0) / market.OFFERINGS_PER_PAGE);
  const isFiltered = Boolean(q || category);
  return (
    <>
      <div className="border-b border-line bg-surface">
        <div className="mx-auto grid max-w-[88rem] gap-6 px-4 py-10 sm:px-6 sm:py-14">
          <div className="grid max-w-2xl gap-3">
            <h1 className="text-3xl font-semibold">{t('market.headline')}</h1>
            <p className="text-lg text-ink-soft">{t('market.promise')}</p>
          </div>
          <SearchField value={q} onChange={change} />
        </div>
      </div>
      <PageBody className="grid content-start gap-6">
        <div className="flex flex-wrap items-center justify-between gap-4">
          <div className="min-w-0 flex-1">
            <Categories chosen={category} />
          </div>
          <label className="flex items-center gap-2 text-sm text-ink-soft">
            <span className="whitespace-nowrap">{t('market.sort')}</span>
            <Select className="!w-auto" value={sort} onChange={(event) => void navigate({ to: '/marketplace', search: (old) => ({ ...old, sort: event.target.value }) })}>
              <option value="">{t('market.sortName')}</option>
              <option value="-created">{t('market.sortNew')}</option>
            </Select>
          </label>
        </div>
        <p role="status" className="sr-only">
          {found.data ? t('market.count', { count: found.data.count }) : ''}
        </p>
        {found.isPending ? (
          <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,20rem),1fr))] gap-5">
            {Array.from({ length: 6 }, (_, index) => (
              <Skeleton key={index} className="h-52 !rounded-xl" />
            ))}
          </div>
        ) : null}
        {found.error ? <FailureNote failure={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.data && found.data.rows.length > 0 ? (
          <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,20rem),1fr))] gap-5">
            {found.data.rows.map((offering) => (
              <OfferingCard key={offering.uuid} offering={offering} />
            ))}
          </div>
        ) : null}
        {found.data?.rows.length === 0 ? (
          <EmptyState
            icon={<SearchX aria-hidden="true" />}
            title={isFiltered ? t('market.noneFound') : t('market.nothingYet')}
            action={
              isFiltered ? (
                <Link to="/marketplace" className={buttonClass('primary')}>
                  {t('market.showAll')}
                </Link>
              ) : undefined
            }
          >
            {isFiltered ? t('market.noneFoundText') : t('market.nothingYetText')}
          </EmptyState>
        ) : null}
        {pages > 1 ? (
          <nav aria-label={t('common.pages')} className="flex items-center justify-center gap-3 text-sm">
            <Link to="/marketplace" search={(old) => ({ ...old, page: page - 1 })} disabled={page <= 1} className={buttonClass('secondary', 'small')}>
              {t('common.previous')}
            </Link>
            <span className="tabular-nums">{t('common.pageOf', { page, pages })}</span>
            <Link to="/marketplace" search={(old) => ({ ...old, page: page + 1 })} disabled={page >= pages} className={buttonClass('secondary', 'small')}>
              {t('common.next')}
            </Link>
          </nav>
        ) : null}
      </PageBody>
    </>
  );
}
