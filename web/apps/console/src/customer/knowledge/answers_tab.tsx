// Questions with the answers to give word for word.
import { agents, ApiFailure, type Pair } from '@guildhall/api';
import { Button, Confirm, Dialog, EmptyState, Field, IconButton, Input, SkeletonRows, Textarea, useToast } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MessageCircleQuestion, Pencil, Plus, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pairsQuery } from '../../queries';
import { useCreateAction } from '../../shell/create';
import { FailureNote } from '../../shell/failure_note';
import { DocumentStatus } from './status';

const QUESTION_MAX = 500;
const ANSWER_MAX = 4000;

function PairDialog({ id, pair, onClose }: { id: string; pair: Pair | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const [question, setQuestion] = useState(pair?.question ?? '');
  const [answer, setAnswer] = useState(pair?.answer ?? '');
  const [others, setOthers] = useState(pair?.alternative_questions.join('\n') ?? '');
  const save = useMutation({
    mutationFn: () => {
      const body = {
        question: question.trim(),
        answer: answer.trim(),
        alternative_questions: others
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      };
      return pair ? agents.savePair(id, pair.id, body) : agents.addPair(id, body);
    },
    onSuccess: async () => {
      toast(t('answers.saved'));
      onClose();
      await queries.invalidateQueries({ queryKey: ['access', id, 'pairs'] });
    },
  });
  const fields = save.error instanceof ApiFailure ? save.error.fields : {};
  return (
    <Dialog open onClose={onClose} title={pair ? t('answers.edit') : t('answers.add')} description={t('answers.text')} closeLabel={t('common.close')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label={t('answers.question')} error={fields['question']}>
          {(control) => <Input {...control} required maxLength={QUESTION_MAX} value={question} onChange={(event) => setQuestion(event.target.value)} />}
        </Field>
        <Field label={t('answers.answer')} error={fields['answer']}>
          {(control) => <Textarea {...control} required rows={5} maxLength={ANSWER_MAX} value={answer} onChange={(event) => setAnswer(event.target.value)} />}
        </Field>
        <Field label={t('answers.others')} optional={t('form.optional')} hint={t('answers.othersHint')} error={fields['alternative_questions']}>
          {(control) => <Textarea {...control} rows={3} value={others} onChange={(event) => setOthers(event.target.value)} />}
        </Field>
        {save.error && Object.keys(fields).length === 0 ? <FailureNote failure={save.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function AnswersTab({ id }: { id: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<Pair | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Pair | null>(null);
  const pairs = useQuery(pairsQuery(id, search));
  const begin = useCallback(() => setEditing('new'), []);
  useCreateAction(t('answers.add'), begin);
  const remove = useMutation({
    mutationFn: (pair: Pair) => agents.deletePair(id, pair.id),
    onSuccess: async () => {
      setDoomed(null);
      toast(t('answers.deleted'));
      await queries.invalidateQueries({ queryKey: ['access', id, 'pairs'] });
    },
  });
  const isEmpty = pairs.data?.count === 0;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap gap-3">
        <Input type="search" aria-label={t('answers.search')} placeholder={t('answers.search')} value={search} onChange={(event) => setSearch(event.target.value)} className="max-w-sm flex-1" />
        <Button kind="primary" icon={<Plus aria-hidden="true" className="size-4" />} onClick={begin}>
          {t('answers.add')}
        </Button>
      </div>
      {pairs.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {pairs.error && !pairs.data ? <FailureNote failure={pairs.error} onRetry={() => void pairs.refetch()} /> : null}
      {isEmpty ? (
        <EmptyState icon={<MessageCircleQuestion aria-hidden="true" />} title={search ? t('answers.noneFound') : t('answers.emptyTitle')} action={search ? <Button onClick={() => setSearch('')}>{t('answers.clear')}</Button> : undefined}>
          {search ? t('answers.noneFoundText') : t('answers.emptyText')}
        </EmptyState>
      ) : null}
      <ul className="grid gap-3">
        {pairs.data?.results.map((pair) => (
          <li key={pair.id} className="grid gap-2 rounded-xl border border-line bg-surface p-5 shadow-card">
            <div className="flex items-start justify-between gap-3">
              <h2 className="text-sm font-semibold" dir="auto">
                {pair.question}
              </h2>
              <span className="flex shrink-0 gap-1">
                <IconButton size="small" label={t('answers.editNamed', { question: pair.question })} onClick={() => setEditing(pair)}>
                  <Pencil aria-hidden="true" className="size-4" />
                </IconButton>
                <IconButton size="small" label={t('answers.deleteNamed', { question: pair.question })} onClick={() => setDoomed(pair)}>
                  <Trash2 aria-hidden="true" className="size-4" />
                </IconButton>
              </span>
            </div>
            <p className="text-sm whitespace-pre-line text-ink-soft" dir="auto">
              {pair.answer}
            </p>
            <div className="flex flex-wrap items-center gap-3 text-xs text-ink-faint">
              <DocumentStatus status={pair.status} />
              <span>{t('answers.hits', { count: pair.hits })}</span>
              {pair.alternative_questions.length > 0 ? <span>{t('answers.alternatives', { count: pair.alternative_questions.length })}</span> : null}
            </div>
          </li>
        ))}
      </ul>
      {editing ? <PairDialog id={id} pair={editing === 'new' ? null : editing} onClose={() => setEditing(null)} /> : null}
      <Confirm
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        busy={remove.isPending}
        title={t('documents.deleteTitle', { name: doomed?.question ?? '' })}
        effect={t('answers.deleteEffect')}
        confirmLabel={t('common.delete')}
        cancelLabel={t('common.cancel')}
        problem={remove.error ? <FailureNote failure={remove.error} /> : null}
      />
    </div>
  );
}
