// A question of a set, and what its answer must hold.
import { ApiFailure, evaluation } from '@guildhall/api';
import { Button, Dialog, Field, Input, Select, Textarea, useToast } from '@guildhall/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FailureNote } from '../../shell/failure_note';

export function CaseDialog({ access, set, onClose }: { access: string; set: string; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const [question, setQuestion] = useState('');
  const [expect, setExpect] = useState<'answer' | 'refuse'>('answer');
  const [words, setWords] = useState('');
  const add = useMutation({
    mutationFn: () =>
      evaluation.addCase(access, set, {
        question: question.trim(),
        expect,
        must_contain: words
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      }),
    onSuccess: async () => {
      toast(t('quality.caseAdded'));
      onClose();
      await queries.invalidateQueries({ queryKey: ['access', access, 'evaluation'] });
    },
  });
  const fields = add.error instanceof ApiFailure ? add.error.fields : {};
  return (
    <Dialog open onClose={onClose} title={t('quality.addCase')} closeLabel={t('common.close')} size="small">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Field label={t('answers.question')} error={fields['question']}>
          {(control) => <Input {...control} required maxLength={500} value={question} onChange={(event) => setQuestion(event.target.value)} />}
        </Field>
        <Field label={t('quality.expect')}>
          {(control) => (
            <Select {...control} value={expect} onChange={(event) => setExpect(event.target.value === 'refuse' ? 'refuse' : 'answer')}>
              <option value="answer">{t('quality.expects.answer')}</option>
              <option value="refuse">{t('quality.expects.refuse')}</option>
            </Select>
          )}
        </Field>
        {expect === 'answer' ? (
          <Field label={t('quality.mustContain')} optional={t('form.optional')} hint={t('answers.othersHint')}>
            {(control) => <Textarea {...control} rows={2} value={words} onChange={(event) => setWords(event.target.value)} />}
          </Field>
        ) : null}
        {add.error && !fields['question'] ? <FailureNote failure={add.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" busy={add.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
