// One question set: its newest evaluation, and the ways to add to it.
import { evaluation, type Evaluation, type QuestionSet } from '@guildhall/api';
import { Badge, Button, Card, IconButton, Meter, Skeleton, useToast, type Tone } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FileUp, Play, Plus, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { Time } from '../../shell/time';
import { CaseDialog } from './case_dialog';
import { runsQuery } from './queries';
import { Report } from './report';

const tones: Record<Evaluation['state'], Tone> = { QUEUED: 'busy', RUNNING: 'busy', DONE: 'ok', CANCELLED: 'neutral', FAILED: 'bad' };
const isOpen = (run: Evaluation | undefined): boolean => run?.state === 'QUEUED' || run?.state === 'RUNNING';

function LatestRun({ access, run, before }: { access: string; run: Evaluation; before: Evaluation | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="grid gap-5">
      <p className="flex flex-wrap items-center gap-3 text-sm text-ink-soft">
        <Badge tone={tones[run.state]}>{t(`quality.state.${run.state}`)}</Badge>
        <span>
          {t('quality.of', { version: run.version })} · <Time value={run.created_at} />
        </span>
      </p>
      {isOpen(run) ? (
        <Meter value={run.progress.done} max={Math.max(run.progress.cases, 1)} label={t('quality.asking')} text={t('agent.usedOf', { used: format.number(run.progress.done), quota: format.number(run.progress.cases) })} />
      ) : null}
      {run.error ? (
        <p role="alert" className="text-sm text-bad" dir="auto">
          {run.error}
        </p>
      ) : null}
      {run.report ? <Report access={access} run={run} before={before} /> : null}
    </div>
  );
}

export function SetCard({ access, set, onDelete }: { access: string; set: QuestionSet; onDelete: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const runs = useQuery(runsQuery(access, set.id));
  const [adding, setAdding] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const changed = () => queries.invalidateQueries({ queryKey: ['access', access, 'evaluation'] });
  const start = useMutation({ mutationFn: () => evaluation.start(access, set.id), onSettled: changed });
  const cancel = useMutation({ mutationFn: (run: string) => evaluation.cancel(access, run), onSettled: changed });
  const bring = useMutation({
    mutationFn: (chosen: File) => evaluation.importCases(access, set.id, chosen),
    onSuccess: async ({ added }) => {
      toast(t('quality.imported', { count: added }));
      await changed();
    },
  });
  const [latest, before] = runs.data?.results ?? [];
  const failure = start.error ?? cancel.error ?? bring.error;
  return (
    <Card
      title={<span dir="auto">{set.name}</span>}
      description={t('quality.count', { count: set.cases })}
      actions={
        <>
          {latest && isOpen(latest) ? (
            <Button size="small" busy={cancel.isPending} onClick={() => cancel.mutate(latest.id)}>
              {t('quality.stop')}
            </Button>
          ) : (
            <Button size="small" kind="primary" busy={start.isPending} disabled={set.cases === 0} icon={<Play aria-hidden="true" className="size-4 rtl:-scale-x-100" />} onClick={() => start.mutate()}>
              {t('quality.run')}
            </Button>
          )}
          <Button size="small" icon={<Plus aria-hidden="true" className="size-4" />} onClick={() => setAdding(true)}>
            {t('quality.addCase')}
          </Button>
          <Button size="small" busy={bring.isPending} icon={<FileUp aria-hidden="true" className="size-4" />} onClick={() => file.current?.click()}>
            CSV
          </Button>
          <input
            ref={file}
            type="file"
            hidden
            accept=".csv,.jsonl,.ndjson"
            aria-label={t('quality.import')}
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              if (chosen) bring.mutate(chosen);
              event.target.value = '';
            }}
          />
          <IconButton size="small" label={t('documents.delete', { name: set.name })} onClick={onDelete}>
            <Trash2 aria-hidden="true" className="size-4" />
          </IconButton>
        </>
      }
    >
      <div className="grid gap-4">
        {failure ? <FailureNote failure={failure} /> : null}
        {runs.isPending ? <Skeleton className="h-24" /> : null}
        {runs.error && !runs.data ? <FailureNote failure={runs.error} onRetry={() => void runs.refetch()} /> : null}
        {latest ? <LatestRun access={access} run={latest} before={before} /> : null}
        {runs.data?.count === 0 ? <p className="text-sm text-ink-soft">{t('quality.neverRun')}</p> : null}
      </div>
      {adding ? <CaseDialog access={access} set={set.id} onClose={() => setAdding(false)} /> : null}
    </Card>
  );
}
