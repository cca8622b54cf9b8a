// What an agent answers from: files, pages of the web, and questions with their answers.
import { agents } from '@guildhall/api';
import { buttonClass, cx, Switch } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { configQuery } from '../../queries';
import { knowledgeTabs } from '../../router';
import { FailureNote } from '../../shell/failure_note';
import { useAccess } from '../agent/frame';
import { AnswersTab } from './answers_tab';
import { DocumentsTab } from './documents_tab';
import { PagesTab } from './pages_tab';

function StrictSwitch({ id }: { id: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = configQuery(id).queryKey;
  const config = useQuery(configQuery(id));
  const save = useMutation({
    mutationFn: (strict_mode: boolean) => agents.saveConfig(id, { strict_mode }),
    onMutate: (strict_mode) => {
      const before = queries.getQueryData(key);
      queries.setQueryData(key, (old) => (old ? { ...old, strict_mode } : old));
      return before;
    },
    onError: (_failure, _wish, before) => queries.setQueryData(key, before),
    onSuccess: (saved) => queries.setQueryData(key, saved),
  });
  return (
    <div className="max-w-2xl rounded-xl border border-line bg-surface px-5 py-3 shadow-card">
      <Switch label={t('knowledge.strict')} hint={t('knowledge.strictHint')} disabled={!config.data} checked={config.data?.strict_mode ?? true} onChange={(event) => save.mutate(event.target.checked)} />
      {save.error ? <FailureNote failure={save.error} /> : null}
    </div>
  );
}

export function KnowledgePage() {
  const { t } = useTranslation();
  const access = useAccess();
  const { tab = 'documents' } = useSearch({ from: '/workspace/console/agents/$access/knowledge' });
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <nav aria-label={t('knowledge.kinds')}>
          <ul className="flex flex-wrap gap-1 rounded-lg border border-line bg-sunken p-1">
            {knowledgeTabs.map((one) => (
              <li key={one}>
                <Link
                  to="/console/agents/$access/knowledge"
                  params={{ access: access.id }}
                  search={one === 'documents' ? {} : { tab: one }}
                  aria-current={tab === one ? 'page' : undefined}
                  className={cx('flex h-9 items-center rounded-md px-3 text-sm touch:h-11', tab === one ? 'bg-surface font-medium shadow-card contrast:border' : 'text-ink-soft hover:text-ink')}
                >
                  {t(`knowledge.tab.${one}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Link to="/console/agents/$access/try" params={{ access: access.id }} className={buttonClass('secondary')}>
          <MessagesSquare aria-hidden="true" className="size-4" />
          {t('knowledge.ask')}
        </Link>
      </div>
      {tab === 'documents' ? <DocumentsTab id={access.id} /> : null}
      {tab === 'pages' ? <PagesTab id={access.id} /> : null}
      {tab === 'answers' ? <AnswersTab id={access.id} /> : null}
      <StrictSwitch id={access.id} />
    </div>
  );
}
