// The passages a page becomes, before it is learned from.
import { agents, type Source } from '@guildhall/api';
import { Dialog, SkeletonRows } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { FailureNote } from '../../shell/failure_note';

export function PreviewDialog({ id, source, onClose }: { id: string; source: Source; onClose: () => void }) {
  const { t } = useTranslation();
  const preview = useQuery({ queryKey: ['access', id, 'sources', source.id, 'preview'], queryFn: () => agents.previewSource(id, source.id), retry: false });
  return (
    <Dialog open onClose={onClose} title={t('pages.previewTitle')} description={<span dir="ltr">{source.url}</span>} closeLabel={t('common.close')} size="large" place="end">
      {preview.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {preview.error ? <FailureNote failure={preview.error} onRetry={() => void preview.refetch()} /> : null}
      <ol className="grid gap-3">
        {preview.data?.chunks.map((chunk, index) => (
          <li key={index} className="grid gap-1 rounded-lg border border-line p-4">
            <p className="text-xs text-ink-faint" dir="auto">
              {`${index + 1}. ${chunk.heading_path.join(' › ')}`}
            </p>
            <p className="text-sm whitespace-pre-line" dir="auto" lang={chunk.language}>
              {chunk.text}
            </p>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
