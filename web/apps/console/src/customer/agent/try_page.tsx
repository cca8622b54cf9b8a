// Ask the agent before anybody else does, and see which passages it found.
import { agents, type Citation, type Passage, type RunAnswer } from '@guildhall/api';
import { Badge, Button, Card, EmptyState, Input, Spinner, type Tone } from '@guildhall/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MessagesSquare, Quote, RotateCcw, SendHorizontal } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { documentsQuery, personaQuery } from '../../queries';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { AnswerText } from './answer_text';
import { useAccess } from './frame';
import { noteTried } from './tried';

const HISTORY_MAX = 20;
const tones: Record<RunAnswer['metadata']['outcome'], Tone> = { answer: 'ok', clarification: 'warn', refused: 'warn', greeting: 'neutral', handover: 'neutral', error: 'bad' };

interface Exchange {
  question: string;
  answer: RunAnswer | null;
}

function Sources({ citations }: { citations: readonly Citation[] }) {
  const { t } = useTranslation();
  if (citations.length === 0) return null;
  return (
    <details className="rounded-md border border-line">
      <summary className="flex min-h-9 cursor-pointer items-center gap-2 px-3 text-sm text-ink-soft">
        <Quote aria-hidden="true" className="size-4" />
        {t('try.sources', { count: citations.length })}
      </summary>
      <ol className="grid gap-3 border-t border-line p-3">
        {citations.map((citation) => (
          <li key={citation.n} className="grid gap-1 text-sm">
            <span className="font-medium" dir="auto">
              {`${citation.n}. ${[citation.title, ...citation.heading_path.filter((heading) => heading !== citation.title)].join(' › ')}`}
              {citation.page ? ` · ${t('try.page', { page: citation.page })}` : ''}
            </span>
            <q className="text-ink-soft" dir="auto" lang={citation.language}>
              {citation.quote}
            </q>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Conversation({ turns, name, waiting }: { turns: readonly Exchange[]; name: string; waiting: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [turns, waiting]);
  return (
    <div role="log" aria-label={t('try.log')} className="grid content-start gap-5">
      {turns.map((turn, index) => (
        <div key={index} className="grid gap-3">
          <p className="ms-auto w-fit max-w-[85%] rounded-lg rounded-ee-sm bg-accent px-4 py-2.5 text-sm whitespace-pre-line text-on-accent" dir="auto">
            {turn.question}
          </p>
          {turn.answer ? (
            <div className="grid w-full max-w-[95%] gap-3 rounded-lg rounded-es-sm bg-sunken p-4 contrast:border">
              <div className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
                <span className="font-semibold text-ink" dir="auto">
                  {name}
                </span>
                <Badge tone={tones[turn.answer.metadata.outcome]}>{t(`outcome.${turn.answer.metadata.outcome}`)}</Badge>
                <span className="tabular-nums">{t('try.took', { ms: format.number(turn.answer.usage.elapsed_ms), confidence: format.percent(turn.answer.metadata.confidence) })}</span>
              </div>
              <AnswerText text={turn.answer.response} />
              <Sources citations={turn.answer.citations} />
            </div>
          ) : null}
        </div>
      ))}
      {waiting ? (
        <p role="status" className="flex items-center gap-2 text-sm text-ink-soft">
          <Spinner /> {t('try.thinking')}
        </p>
      ) : null}
      <div ref={end} />
    </div>
  );
}

function Passages({ question, passages, failure }: { question: string; passages: readonly Passage[] | undefined; failure: Error | null }) {
  const { t } = useTranslation();
  return (
    <Card title={t('try.passages')} description={question ? t('try.passagesFor', { question }) : t('try.passagesText')}>
      {failure ? <FailureNote failure={failure} /> : null}
      {passages?.length === 0 ? <p className="text-sm text-ink-soft">{t('try.noPassages')}</p> : null}
      <ol className="grid gap-4">
        {passages?.map((passage, index) => (
          <li key={index} className="grid gap-1.5 border-t border-line pt-4 first:border-t-0 first:pt-0">
            <h3 className="text-sm font-medium" dir="auto">
              {`${index + 1}. ${[passage.title, ...passage.metadata.heading_path.filter((heading) => heading !== passage.title)].join(' › ')}`}
            </h3>
            <p className="line-clamp-4 text-sm text-ink-soft" dir="auto" lang={passage.metadata.language}>
              {passage.content}
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}

export function TryPage() {
  const { t } = useTranslation();
  const access = useAccess();
  const persona = useQuery(personaQuery(access.id));
  const documents = useQuery(documentsQuery(access.id));
  const [turns, setTurns] = useState<readonly Exchange[]>([]);
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const find = useMutation({ mutationFn: (question: string) => agents.retrieve(access.id, question) });
  const ask = useMutation({
    mutationFn: ({ question, before }: { question: string; before: readonly Exchange[] }) =>
      agents.tryAgent(
        access.id,
        question,
        before.flatMap((turn) => (turn.answer ? [{ role: 'user' as const, text: turn.question }, { role: 'assistant' as const, text: turn.answer.response }] : [])).slice(-HISTORY_MAX),
      ),
    onSuccess: (answer, { question, before }) => {
      setTurns([...before, { question, answer }]);
      noteTried(access.id);
    },
    onError: (_failure, { question, before }) => {
      // What was asked goes back into the field.
      setTurns(before);
      setText(question);
    },
  });
  function send(question: string): void {
    const trimmed = question.trim();
    if (!trimmed || ask.isPending) return;
    const before = turns;
    setTurns([...before, { question: trimmed, answer: null }]);
    setText('');
    ask.mutate({ question: trimmed, before });
    find.mutate(trimmed);
    field.current?.focus();
  }
  const hasKnowledge = documents.data ? documents.data.count > 0 : true;
  const name = persona.data?.agent_name || access.name;
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[1fr_24rem]">
      <Card
        title={t('try.title')}
        description={t('try.text')}
        actions={
          turns.length > 0 ? (
            <Button size="small" kind="quiet" icon={<RotateCcw aria-hidden="true" className="size-4" />} onClick={() => setTurns([])}>
              {t('try.clear')}
            </Button>
          ) : undefined
        }
      >
        <div className="grid gap-5">
          {hasKnowledge ? null : (
            <p className="rounded-md bg-warn-soft px-4 py-3 text-sm text-warn">
              {t('try.nothingTaught')}{' '}
              <Link to="/console/agents/$access/knowledge" params={{ access: access.id }} className="underline">
                {t('try.teach')}
              </Link>
            </p>
          )}
          {turns.length === 0 ? (
            <EmptyState icon={<MessagesSquare aria-hidden="true" />} title={persona.data?.greeting_message || t('try.emptyTitle')}>
              {t('try.emptyText')}
            </EmptyState>
          ) : (
            <Conversation turns={turns} name={name} waiting={ask.isPending} />
          )}
          {ask.error ? <FailureNote failure={ask.error} onRetry={() => send(text)} /> : null}
          <form
            className="flex gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              send(text);
            }}
          >
            <Input ref={field} aria-label={t('try.question')} placeholder={t('try.placeholder')} value={text} maxLength={4000} autoComplete="off" onChange={(event) => setText(event.target.value)} />
            <Button kind="primary" type="submit" busy={ask.isPending} icon={<SendHorizontal aria-hidden="true" className="size-4 rtl:-scale-x-100" />}>
              <span className="max-sm:sr-only">{t('try.send')}</span>
            </Button>
          </form>
          <p className="text-xs text-ink-faint">{t('try.note')}</p>
        </div>
      </Card>
      <Passages question={find.variables ?? ''} passages={find.data?.records} failure={find.error} />
    </div>
  );
}
