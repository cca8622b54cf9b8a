// What an evaluation found: shares against the evaluation before, by language, and the questions that failed.
import { evaluation, type Evaluation, type Scores } from '@guildhall/api';
import { DataTable, SkeletonRows } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';

const shares = ['hit_at_5', 'citation_precision', 'answered_when_answerable', 'refusal_recall', 'language_match'] as const;
const reasons = ['refused', 'not_refused', 'not_handed_over', 'clarified', 'greeted', 'no_citation', 'wrong_citation', 'missing_text', 'forbidden_text', 'error'] as const;

function Share({ name, now, before }: { name: (typeof shares)[number]; now: Scores; before: Scores | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const value = now[name];
  const old = before?.[name];
  const points = value !== null && old !== null && old !== undefined ? Math.round((value - old) * 100) : 0;
  return (
    <div className="grid content-start gap-0.5 rounded-lg border border-line p-3">
      <dt className="text-xs text-ink-soft">{t(`quality.share.${name}`)}</dt>
      <dd className="text-lg font-semibold tabular-nums">{value === null ? '–' : format.percent(value)}</dd>
      {points !== 0 ? <dd className={points > 0 ? 'text-xs text-ok' : 'text-xs text-bad'}>{points > 0 ? t('quality.better', { points }) : t('quality.worse', { points: -points })}</dd> : null}
    </div>
  );
}

function FailedCases({ access, run }: { access: string; run: Evaluation }) {
  const { t } = useTranslation();
  const failed = useQuery({ queryKey: ['access', access, 'evaluation', 'failed', run.id], queryFn: () => evaluation.failedCases(access, run.id) });
  if (failed.isPending) return <SkeletonRows label={t('common.loading')} rows={2} />;
  if (failed.error) return <FailureNote failure={failed.error} onRetry={() => void failed.refetch()} />;
  return (
    <ul className="grid gap-2">
      {failed.data.results.map((result) => (
        <li key={result.id} className="flex gap-3 rounded-lg border border-line p-3 text-sm">
          <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
          <div className="grid min-w-0 gap-0.5">
            <p className="font-medium" dir="auto">
              {result.question}
            </p>
            <p className="text-bad">
              {result.failures
                .map((failure) => {
                  const known = reasons.find((reason) => reason === failure);
                  return known ? t(`quality.reason.${known}`) : failure;
                })
                .join(' · ')}
            </p>
            <p className="line-clamp-2 text-ink-soft" dir="auto">
              {result.answer}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function Report({ access, run, before }: { access: string; run: Evaluation; before: Evaluation | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const report = run.report;
  if (!report) return null;
  const { total } = report;
  const languages = Object.entries(report.by_language);
  const failed = total.cases - total.passed;
  return (
    <>
      <p className="text-base">
        <span className="text-2xl font-semibold tabular-nums">{t('agent.usedOf', { used: format.number(total.passed), quota: format.number(total.cases) })}</span> <span className="text-ink-soft">{t('quality.passed')}</span>
      </p>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
        {shares.map((name) => (
          <Share key={name} name={name} now={total} before={before?.report?.total} />
        ))}
      </dl>
      {languages.length > 1 ? (
        <DataTable
          label={t('quality.byLanguage')}
          rows={languages}
          rowKey={([language]) => language}
          columns={[
            { key: 'language', header: t('documents.language'), isTitle: true, cell: ([language]) => format.languageName(language) },
            { key: 'passed', header: t('quality.passed'), align: 'end', cell: ([, scores]) => t('agent.usedOf', { used: format.number(scores.passed), quota: format.number(scores.cases) }) },
            { key: 'found', header: t('quality.share.hit_at_5'), align: 'end', cell: ([, scores]) => (scores.hit_at_5 === null ? '–' : format.percent(scores.hit_at_5)) },
            { key: 'time', header: t('usage.latency'), align: 'end', cell: ([, scores]) => (scores.latency_ms_p50 === null ? '–' : t('usage.ms', { ms: format.number(scores.latency_ms_p50) })) },
          ]}
        />
      ) : null}
      {failed > 0 ? (
        <details className="rounded-lg border border-line">
          <summary className="flex min-h-11 cursor-pointer items-center px-4 text-sm font-medium">{t('quality.failed', { count: failed })}</summary>
          <div className="border-t border-line p-3">
            <FailedCases access={access} run={run} />
          </div>
        </details>
      ) : null}
    </>
  );
}
