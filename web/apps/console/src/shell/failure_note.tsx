// What the server refused, in words, beside what caused it.
import { ApiFailure } from '@guildhall/api';
import { ErrorNote } from '@guildhall/ui';
import { useTranslation } from 'react-i18next';

export function useFailureText(): (failure: Error) => { title: string; text: string; requestId: string | undefined } {
  const { t } = useTranslation();
  return (failure) => {
    if (!(failure instanceof ApiFailure)) return { title: t('failure.title'), text: t('failure.inside'), requestId: undefined };
    const titles: Record<number, string> = {
      0: t('failure.offlineTitle'),
      401: t('failure.signedOutTitle'),
      403: t('failure.forbiddenTitle'),
      404: t('failure.missingTitle'),
      429: t('failure.tooManyTitle'),
      503: t('failure.busyTitle'),
    };
    const text = failure.status === 0 ? t('failure.offline') : failure.status === 403 ? `${failure.message} ${t('failure.forbiddenWay')}` : failure.message || t('failure.inside');
    return { title: titles[failure.status] ?? t('failure.title'), text, requestId: failure.requestId };
  };
}

export function FailureNote({ failure, onRetry }: { failure: Error; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { title, text, requestId } = useFailureText()(failure);
  return (
    <ErrorNote title={title} requestId={requestId} requestLabel={t('failure.request')} retry={onRetry ? { label: t('common.retry'), onClick: onRetry } : undefined}>
      <span dir="auto">{text}</span>
    </ErrorNote>
  );
}
