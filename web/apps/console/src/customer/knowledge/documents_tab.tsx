// Files: dropped or chosen, many at once, each with its progress.
import { agents, type Document } from '@guildhall/api';
import { Button, Confirm, cx, DataTable, EmptyState, IconButton, SkeletonRows, Spinner, useToast } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, FileText, RefreshCw, RotateCw, Trash2, Upload as UploadIcon, X } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { documentsQuery } from '../../queries';
import { useCreateAction } from '../../shell/create';
import { FailureNote, useFailureText } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { Time } from '../../shell/time';
import { DocumentStatus } from './status';
import type { Upload } from './upload_list';
import { useUploads } from './uploads';

const ACCEPTED = '.pdf,.docx,.md,.mdx,.markdown,.html,.htm,.txt,.csv';

function DropZone({ onFiles, compact }: { onFiles: (files: readonly File[]) => void; compact: boolean }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const open = useCallback(() => input.current?.click(), []);
  useCreateAction(t('documents.upload'), open);
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
      className={cx('flex flex-wrap items-center justify-center gap-x-6 gap-y-3 rounded-xl border-2 border-dashed px-6 text-center', compact ? 'py-5' : 'py-10', over ? 'border-accent bg-accent-soft' : 'border-line-strong/50 bg-surface')}
    >
      <div className="grid gap-1">
        <p className="text-sm font-medium">{t('documents.drop')}</p>
        <p className="text-xs text-ink-faint">{t('documents.types')}</p>
      </div>
      <Button kind="primary" icon={<UploadIcon aria-hidden="true" className="size-4" />} onClick={open}>
        {t('documents.upload')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        aria-label={t('documents.upload')}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

function UploadList({ uploads, onAgain, onDismiss }: { uploads: readonly Upload[]; onAgain: (upload: Upload) => void; onDismiss: (key: number) => void }) {
  const { t } = useTranslation();
  const failureText = useFailureText();
  if (uploads.length === 0) return null;
  return (
    <ul aria-label={t('documents.uploads')} aria-live="polite" className="grid gap-2">
      {uploads.map((upload) => {
        const said = upload.failure instanceof Error ? failureText(upload.failure) : null;
        return (
          <li key={upload.key} className={cx('flex flex-wrap items-center gap-3 rounded-lg border px-4 py-2.5 text-sm', upload.failure ? 'border-bad/40 bg-bad-soft' : 'border-line bg-surface')}>
            {upload.failure ? <CircleAlert aria-hidden="true" className="size-4 text-bad" /> : <Spinner />}
            <span className="min-w-0 flex-1">
              <span className="block font-medium break-all" dir="auto">
                {upload.file.name}
              </span>
              {upload.failure ? (
                <span className="text-bad" dir="auto">
                  {upload.failure === 'too_large' ? t('documents.tooLarge') : said?.text}
                  {said?.requestId ? <span className="block text-xs text-ink-soft">{`${t('failure.request')} ${said.requestId}`}</span> : null}
                </span>
              ) : (
                <span className="text-ink-soft">{t(`documents.${upload.state === 'sending' ? 'sending' : 'waiting'}`)}</span>
              )}
            </span>
            {upload.failure ? (
              <span className="flex gap-1">
                {upload.failure === 'too_large' ? null : (
                  <IconButton size="small" label={t('common.retry')} onClick={() => onAgain(upload)}>
                    <RotateCw aria-hidden="true" className="size-4" />
                  </IconButton>
                )}
                <IconButton size="small" label={t('documents.dismiss', { name: upload.file.name })} onClick={() => onDismiss(upload.key)}>
                  <X aria-hidden="true" className="size-4" />
                </IconButton>
              </span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

function DocumentTable({ id, rows }: { id: string; rows: readonly Document[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const [doomed, setDoomed] = useState<Document | null>(null);
  const remove = useMutation({
    mutationFn: (document: Document) => agents.deleteDocument(id, document.id),
    onSuccess: async (_nothing, document) => {
      setDoomed(null);
      toast(t('documents.deleted', { name: document.filename }));
      await queries.invalidateQueries({ queryKey: documentsQuery(id).queryKey });
    },
  });
  return (
    <>
      <DataTable
        label={t('knowledge.tab.documents')}
        rows={rows}
        rowKey={(document) => document.id}
        columns={[
          {
            key: 'name',
            header: t('documents.name'),
            isTitle: true,
            cell: (document) => (
              <span className="flex items-start gap-3">
                <FileText aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ink-faint" />
                <span className="grid min-w-0">
                  <span className="font-medium break-words" dir="auto">
                    {document.title || document.filename}
                  </span>
                  {document.title && document.title !== document.filename ? (
                    <span className="text-xs font-normal break-all text-ink-faint" dir="auto">
                      {document.filename}
                    </span>
                  ) : null}
                </span>
              </span>
            ),
          },
          { key: 'status', header: t('documents.status'), cell: (document) => <DocumentStatus status={document.status} error={document.error} /> },
          { key: 'chunks', header: t('documents.chunks'), align: 'end', cell: (document) => format.number(document.chunks) },
          { key: 'language', header: t('documents.language'), cell: (document) => format.languageName(document.language) },
          { key: 'size', header: t('documents.size'), align: 'end', cell: (document) => format.bytes(document.size) },
          { key: 'uploaded', header: t('documents.uploaded'), cell: (document) => <Time value={document.uploaded_at} /> },
          {
            key: 'actions',
            header: t('common.actions'),
            isActions: true,
            align: 'end',
            cell: (document) => (
              <IconButton size="small" label={t('documents.delete', { name: document.filename })} onClick={() => setDoomed(document)}>
                <Trash2 aria-hidden="true" className="size-4" />
              </IconButton>
            ),
          },
        ]}
      />
      <Confirm
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        busy={remove.isPending}
        title={t('documents.deleteTitle', { name: doomed?.filename ?? '' })}
        effect={t('documents.deleteEffect')}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        problem={remove.error ? <FailureNote failure={remove.error} /> : null}
      />
    </>
  );
}

export function DocumentsTab({ id }: { id: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const documents = useQuery(documentsQuery(id));
  const { uploads, add, again, dismiss } = useUploads(id);
  const files = documents.data?.documents.filter((document) => document.source === 'file');
  const retrain = useMutation({
    mutationFn: () => agents.retrain(id),
    onSuccess: async ({ documents: count }) => {
      toast(t('documents.retraining', { count }));
      await queries.invalidateQueries({ queryKey: documentsQuery(id).queryKey });
    },
  });
  return (
    <div className="grid gap-4">
      <DropZone onFiles={add} compact={Boolean(files && files.length > 0)} />
      <UploadList uploads={uploads} onAgain={again} onDismiss={dismiss} />
      {documents.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {documents.error && !documents.data ? <FailureNote failure={documents.error} onRetry={() => void documents.refetch()} /> : null}
      {files && files.length > 0 ? (
        <div className="rounded-xl border border-line bg-surface p-3 shadow-card sm:p-4">
          <div className="mb-2 flex flex-wrap items-center justify-between gap-3 px-2">
            <p className="text-sm text-ink-soft">{t('documents.count', { count: files.length })}</p>
            <Button size="small" kind="quiet" busy={retrain.isPending} icon={<RefreshCw aria-hidden="true" className="size-4" />} onClick={() => retrain.mutate()}>
              {t('documents.retrain')}
            </Button>
          </div>
          {retrain.error ? <FailureNote failure={retrain.error} /> : null}
          <DocumentTable id={id} rows={files} />
        </div>
      ) : null}
      {files?.length === 0 && uploads.length === 0 ? (
        <EmptyState icon={<FileText aria-hidden="true" />} title={t('documents.emptyTitle')}>
          {t('documents.emptyText')}
        </EmptyState>
      ) : null}
    </div>
  );
}
