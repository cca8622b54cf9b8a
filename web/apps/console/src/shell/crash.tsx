// A page that broke: what was stored is safe, and the way on is to load it again.
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { FailureNote } from './failure_note';
import { PageBody } from './page';

export function Crash({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <PageBody className="max-w-2xl">
      <h2 className="mb-4 text-xl font-semibold">{t('failure.pageTitle')}</h2>
      <FailureNote failure={error instanceof Error ? error : new Error(String(error))} onRetry={() => location.reload()} />
    </PageBody>
  );
}
