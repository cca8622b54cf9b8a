// A page that broke: what was stored is safe, and the way on is to load it again.
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { FailureNote } from './failure_note';
import { PageBody } from './page';

export function Crash({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <PageBody className="max-w-2xl">
      <h1 className="mb-4 text-xl font-semibold">{t('failure.pageTitle')}</h1>
      <FailureNote failure={error instanceof Error ? error : new Error(String(error))} onRetry={() => location.reload()} />
    </PageBody>
  );
}
