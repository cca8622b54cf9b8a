// How good the answers are: questions with what is expected, asked all at once, and what went wrong.
import { evaluation, type QuestionSet } from '@guildhall/api';
import { Button, Confirm, EmptyState, SkeletonRows, useToast } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ClipboardCheck, Sparkles } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FailureNote } from '../../shell/failure_note';
import { useAccess } from '../agent/frame';
import { setsQuery } from './queries';
import { SetCard } from './set_card';

const FROM_DOCUMENTS_MAX = 100;

export function QualityPage() {
  const { t } = useTranslation();
  const toast = useToast();
  const access = useAccess();
  const queries = useQueryClient();
  const sets = useQuery(setsQuery(access.id));
  const [doomed, setDoomed] = useState<QuestionSet | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: ['access', access.id, 'evaluation'] });
  const make = useMutation({
    mutationFn: async () => {
      const set = await evaluation.addSet(access.id, t('quality.defaultName'));
      const { cases } = await evaluation.casesFromDocuments(access.id, set.id, FROM_DOCUMENTS_MAX);
      if (cases > 0) await evaluation.start(access.id, set.id);
      return cases;
    },
    onSuccess: (count) => toast(t('quality.made', { count })),
    onSettled: changed,
  });
  const remove = useMutation({
    mutationFn: (set: QuestionSet) => evaluation.deleteSet(access.id, set.id),
    onSuccess: async (_nothing, set) => {
      setDoomed(null);
      toast(t('documents.deleted', { name: set.name }));
      await changed();
    },
  });
  const button = (
    <Button kind="primary" busy={make.isPending} icon={<Sparkles aria-hidden="true" className="size-4" />} onClick={() => make.mutate()}>
      {t('quality.make')}
    </Button>
  );
  return (
    <div className="grid gap-5">
      {sets.data && sets.data.count > 0 ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-2xl text-sm text-ink-soft">{t('quality.text')}</p>
          {button}
        </div>
      ) : null}
      {make.error ? <FailureNote failure={make.error} /> : null}
      {sets.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {sets.error && !sets.data ? <FailureNote failure={sets.error} onRetry={() => void sets.refetch()} /> : null}
      {sets.data?.count === 0 ? (
        <EmptyState icon={<ClipboardCheck aria-hidden="true" />} title={t('quality.emptyTitle')} action={button}>
          {t('quality.emptyText')}
        </EmptyState>
      ) : null}
      {sets.data?.results.map((set) => (
        <SetCard key={set.id} access={access.id} set={set} onDelete={() => setDoomed(set)} />
      ))}
      <Confirm
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        busy={remove.isPending}
        title={t('documents.deleteTitle', { name: doomed?.name ?? '' })}
        effect={t('quality.deleteEffect', { count: doomed?.cases ?? 0 })}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        problem={remove.error ? <FailureNote failure={remove.error} /> : null}
      />
    </div>
  );
}
