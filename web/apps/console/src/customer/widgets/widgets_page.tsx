// The places the agent answers at: each widget with its domains and the snippet to paste.
import { agents, type Widget } from '@guildhall/api';
import { Badge, Button, Card, CodeSample, Confirm, cx, EmptyState, IconButton, SkeletonRows, Switch, useToast } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Globe, PanelBottom, Pencil, Plus, Trash2 } from 'lucide-react';
import { useCallback, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { personaQuery, widgetsQuery } from '../../queries';
import { useCreateAction } from '../../shell/create';
import { FailureNote } from '../../shell/failure_note';
import { useAccess } from '../agent/frame';
import { platforms, snippetFor, type Platform } from './snippets';
import { WidgetDialog } from './widget_dialog';

const names: Record<Platform, string> = { html: 'HTML', wordpress: 'WordPress', shopify: 'Shopify', react: 'React' };

function Snippets({ widget }: { widget: Widget }) {
  const { t } = useTranslation();
  const id = useId();
  const [platform, setPlatform] = useState<Platform>('html');
  function onKey(event: React.KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const turn = document.documentElement.dir === 'rtl' ? -step : step;
    const next = platforms[(platforms.indexOf(platform) + turn + platforms.length) % platforms.length];
    if (!next) return;
    setPlatform(next);
    document.getElementById(`${id}-${next}`)?.focus();
  }
  return (
    <div className="grid gap-3">
      <div role="tablist" aria-label={t('widgets.snippets')} onKeyDown={onKey} className="flex flex-wrap gap-1">
        {platforms.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`${id}-${one}`}
            aria-selected={one === platform}
            aria-controls={`${id}-panel`}
            tabIndex={one === platform ? 0 : -1}
            onClick={() => setPlatform(one)}
            className={cx('h-8 rounded-md px-3 text-sm touch:h-11', one === platform ? 'bg-accent-soft font-medium text-accent-ink contrast:border' : 'text-ink-soft hover:bg-hover')}
          >
            {names[one]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${platform}`}>
        <CodeSample code={snippetFor(platform, widget)} label={t(`widgets.where.${platform}`)} copyLabel={t('common.copy')} copiedLabel={t('common.copied')} />
      </div>
    </div>
  );
}

function WidgetCard({ id, widget, onEdit, onDelete }: { id: string; widget: Widget; onEdit: () => void; onDelete: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = widgetsQuery(id).queryKey;
  const toggle = useMutation({
    mutationFn: (is_active: boolean) => agents.saveWidget(id, widget.id, { is_active }),
    onMutate: (is_active) => {
      const before = queries.getQueryData(key);
      queries.setQueryData(key, (old) => (old ? { ...old, results: old.results.map((one) => (one.id === widget.id ? { ...one, is_active } : one)) } : old));
      return before;
    },
    onError: (_failure, _wish, before) => queries.setQueryData(key, before),
  });
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-3">
          <span className="size-4 rounded-full border border-line" style={{ backgroundColor: widget.primary_color }} aria-hidden="true" />
          <span dir="auto">{widget.name}</span>
          <Badge tone={widget.is_active ? 'ok' : 'neutral'}>{widget.is_active ? t('widgets.active') : t('widgets.inactive')}</Badge>
        </span>
      }
      actions={
        <>
          <IconButton size="small" label={t('widgets.editNamed', { name: widget.name })} onClick={onEdit}>
            <Pencil aria-hidden="true" className="size-4" />
          </IconButton>
          <IconButton size="small" label={t('documents.delete', { name: widget.name })} onClick={onDelete}>
            <Trash2 aria-hidden="true" className="size-4" />
          </IconButton>
        </>
      }
    >
      <div className="grid gap-5">
        <ul aria-label={t('widgets.domains')} className="flex flex-wrap gap-2">
          {widget.domains.map((domain) => (
            <li key={domain} className="flex items-center gap-1.5 rounded-full bg-sunken px-3 py-1 text-xs contrast:border" dir="ltr">
              <Globe aria-hidden="true" className="size-3.5 text-ink-faint" />
              {domain}
            </li>
          ))}
        </ul>
        <Snippets widget={widget} />
        <div className="border-t border-line pt-3">
          <Switch label={t('widgets.answers')} hint={t('widgets.answersHint')} checked={widget.is_active} onChange={(event) => toggle.mutate(event.target.checked)} />
          {toggle.error ? <FailureNote failure={toggle.error} /> : null}
        </div>
      </div>
    </Card>
  );
}

export function WidgetsPage() {
  const { t } = useTranslation();
  const toast = useToast();
  const access = useAccess();
  const queries = useQueryClient();
  const widgets = useQuery(widgetsQuery(access.id));
  const persona = useQuery(personaQuery(access.id));
  const [editing, setEditing] = useState<Widget | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Widget | null>(null);
  const begin = useCallback(() => setEditing('new'), []);
  useCreateAction(t('widgets.add'), begin);
  const remove = useMutation({
    mutationFn: (widget: Widget) => agents.deleteWidget(access.id, widget.id),
    onSuccess: async (_nothing, widget) => {
      setDoomed(null);
      toast(t('documents.deleted', { name: widget.name }));
      await queries.invalidateQueries({ queryKey: widgetsQuery(access.id).queryKey });
    },
  });
  const add = (
    <Button kind="primary" icon={<Plus aria-hidden="true" className="size-4" />} onClick={begin}>
      {t('widgets.add')}
    </Button>
  );
  return (
    <div className="grid gap-5">
      {widgets.data && widgets.data.count > 0 ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-2xl text-sm text-ink-soft">{t('widgets.text')}</p>
          {add}
        </div>
      ) : null}
      {widgets.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {widgets.error && !widgets.data ? <FailureNote failure={widgets.error} onRetry={() => void widgets.refetch()} /> : null}
      {widgets.data?.count === 0 ? (
        <EmptyState icon={<PanelBottom aria-hidden="true" />} title={t('widgets.emptyTitle')} action={add}>
          {t('widgets.emptyText')}
        </EmptyState>
      ) : null}
      <div className="grid items-start gap-5 2xl:grid-cols-2">
        {widgets.data?.results.map((widget) => (
          <WidgetCard key={widget.id} id={access.id} widget={widget} onEdit={() => setEditing(widget)} onDelete={() => setDoomed(widget)} />
        ))}
      </div>
      {editing ? <WidgetDialog id={access.id} widget={editing === 'new' ? null : editing} persona={persona.data} onClose={() => setEditing(null)} onMade={() => setEditing(null)} /> : null}
      <Confirm
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        busy={remove.isPending}
        title={t('documents.deleteTitle', { name: doomed?.name ?? '' })}
        effect={t('widgets.deleteEffect', { domains: doomed?.domains.join(', ') ?? '' })}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        problem={remove.error ? <FailureNote failure={remove.error} /> : null}
      />
    </div>
  );
}
