// Pages and sites the agent reads by itself, again and again.
import { agents, ApiFailure, type Source } from '@guildhall/api';
import { Badge, Button, Card, Confirm, DataTable, EmptyState, Field, IconButton, Input, Select, SkeletonRows, useToast, type Tone } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Globe, RefreshCw, ScanText, Trash2 } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sourcesQuery } from '../../queries';
import { useCreateAction } from '../../shell/create';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { Time } from '../../shell/time';
import { PreviewDialog } from './preview_dialog';

const reaches = ['page', 'site1', 'site2', 'site3', 'sitemap'] as const;
type Reach = (typeof reaches)[number];
const frequencies = ['daily', 'weekly', 'hourly', 'manual'] as const;
const tones: Record<Source['status'], Tone> = { PENDING: 'busy', SYNCING: 'busy', SYNCED: 'ok', WAITING: 'warn', FAILED: 'bad' };

function AddPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [reach, setReach] = useState<Reach>('page');
  const [frequency, setFrequency] = useState<Source['sync_frequency']>('daily');
  const field = useRef<HTMLInputElement>(null);
  const focus = useCallback(() => field.current?.focus(), []);
  useCreateAction(t('pages.add'), focus);
  const add = useMutation({
    mutationFn: () => agents.addSource(id, { kind: reach === 'page' ? 'url' : 'sitemap', url: url.trim(), sync_frequency: frequency, ...(reach.startsWith('site') && reach !== 'sitemap' ? { depth: Number(reach.slice(4)) } : {}) }),
    onSuccess: async () => {
      setUrl('');
      toast(t('pages.added'));
      await queries.invalidateQueries({ queryKey: sourcesQuery(id).queryKey });
    },
  });
  const problem = add.error instanceof ApiFailure ? add.error.fields['url'] : undefined;
  return (
    <Card title={t('pages.add')} description={t('pages.addText')}>
      <form
        className="grid items-start gap-4 md:grid-cols-[1fr_13rem_9rem_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Field label={t('pages.url')} error={problem}>
          {(control) => <Input {...control} ref={field} type="url" dir="ltr" required placeholder="https://www.example.com/help" value={url} onChange={(event) => setUrl(event.target.value)} />}
        </Field>
        <Field label={t('pages.reach')}>
          {(control) => (
            <Select {...control} value={reach} onChange={(event) => setReach(reaches.find((one) => one === event.target.value) ?? 'page')}>
              {reaches.map((one) => (
                <option key={one} value={one}>
                  {t(`pages.reaches.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('pages.frequency')}>
          {(control) => (
            <Select {...control} value={frequency} onChange={(event) => setFrequency(frequencies.find((one) => one === event.target.value) ?? 'daily')}>
              {frequencies.map((one) => (
                <option key={one} value={one}>
                  {t(`pages.frequencies.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button kind="primary" type="submit" busy={add.isPending} className="md:mt-6.5">
          {t('pages.addButton')}
        </Button>
      </form>
      {add.error && !problem ? (
        <div className="mt-4">
          <FailureNote failure={add.error} />
        </div>
      ) : null}
    </Card>
  );
}

function SourceTable({ id, rows }: { id: string; rows: readonly Source[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const [doomed, setDoomed] = useState<Source | null>(null);
  const [shown, setShown] = useState<Source | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: sourcesQuery(id).queryKey });
  const sync = useMutation({ mutationFn: (source: Source) => agents.syncSource(id, source.id, source.status === 'WAITING'), onSuccess: changed });
  const remove = useMutation({
    mutationFn: (source: Source) => agents.deleteSource(id, source.id),
    onSuccess: async (_nothing, source) => {
      setDoomed(null);
      toast(t('documents.deleted', { name: source.name }));
      await changed();
    },
  });
  return (
    <div className="rounded-xl border border-line bg-surface p-3 shadow-card sm:p-4">
      {sync.error ? <FailureNote failure={sync.error} /> : null}
      <DataTable
        label={t('knowledge.tab.pages')}
        rows={rows}
        rowKey={(source) => source.id}
        columns={[
          {
            key: 'url',
            header: t('pages.url'),
            isTitle: true,
            cell: (source) => (
              <span className="flex items-start gap-3">
                <Globe aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ink-faint" />
                <span className="break-all" dir="ltr">
                  {source.url}
                </span>
              </span>
            ),
          },
          {
            key: 'status',
            header: t('documents.status'),
            cell: (source) => (
              <span className="grid justify-items-end gap-1 md:justify-items-start">
                <Badge tone={tones[source.status]}>{t(`pages.status.${source.status}`)}</Badge>
                {source.error ? (
                  <span className="max-w-sm text-xs text-bad" dir="auto">
                    {source.error.message}
                  </span>
                ) : null}
                {source.status === 'WAITING' ? <span className="max-w-sm text-xs text-warn">{t('pages.waitingText')}</span> : null}
              </span>
            ),
          },
          { key: 'pages', header: t('pages.count'), align: 'end', cell: (source) => `${format.number(source.documents.indexed)} / ${format.number(source.documents.total)}` },
          { key: 'last', header: t('pages.last'), cell: (source) => (source.last_synced_at ? <Time value={source.last_synced_at} /> : '–') },
          {
            key: 'actions',
            header: t('common.actions'),
            isActions: true,
            align: 'end',
            cell: (source) => (
              <span className="inline-flex gap-1">
                <IconButton size="small" label={t('pages.preview', { url: source.url })} onClick={() => setShown(source)}>
                  <ScanText aria-hidden="true" className="size-4" />
                </IconButton>
                <IconButton size="small" label={source.status === 'WAITING' ? t('pages.confirmRemoval') : t('pages.sync', { url: source.url })} onClick={() => sync.mutate(source)}>
                  <RefreshCw aria-hidden="true" className="size-4" />
                </IconButton>
                <IconButton size="small" label={t('documents.delete', { name: source.url })} onClick={() => setDoomed(source)}>
                  <Trash2 aria-hidden="true" className="size-4" />
                </IconButton>
              </span>
            ),
          },
        ]}
      />
      {shown ? <PreviewDialog id={id} source={shown} onClose={() => setShown(null)} /> : null}
      <Confirm
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        busy={remove.isPending}
        title={t('documents.deleteTitle', { name: doomed?.url ?? '' })}
        effect={t('pages.deleteEffect', { count: doomed?.documents.total ?? 0 })}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        problem={remove.error ? <FailureNote failure={remove.error} /> : null}
      />
    </div>
  );
}

export function PagesTab({ id }: { id: string }) {
  const { t } = useTranslation();
  const sources = useQuery(sourcesQuery(id));
  return (
    <div className="grid gap-4">
      <AddPage id={id} />
      {sources.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {sources.error && !sources.data ? <FailureNote failure={sources.error} onRetry={() => void sources.refetch()} /> : null}
      {sources.data && sources.data.count > 0 ? <SourceTable id={id} rows={sources.data.results} /> : null}
      {sources.data?.count === 0 ? (
        <EmptyState icon={<Globe aria-hidden="true" />} title={t('pages.emptyTitle')}>
          {t('pages.emptyText')}
        </EmptyState>
      ) : null}
    </div>
  );
}
