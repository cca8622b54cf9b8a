// A subscription that is being made, has failed, or has ended.
import type { Access } from '@guildhall/api';
import { buttonClass, EmptyState, ErrorNote, Spinner } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleSlash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { resourceQuery } from '../../queries';

export function NotReady({ access }: { access: Access }) {
  const { t } = useTranslation();
  const resource = useQuery({ ...resourceQuery(access.id), enabled: access.state === 'ERRED' });
  if (access.state === 'CREATING')
    return (
      <EmptyState icon={<Spinner />} title={t('agent.creatingTitle')}>
        {t('agent.creatingText')}
      </EmptyState>
    );
  if (access.state === 'ERRED')
    return (
      <ErrorNote title={t('agent.erredTitle')} requestLabel={t('agent.orderNumber')} requestId={access.id}>
        <span dir="auto">{resource.data?.error_message || t('agent.erredText')}</span>
      </ErrorNote>
    );
  return (
    <EmptyState
      icon={<CircleSlash aria-hidden="true" />}
      title={t('agent.endedTitle')}
      action={
        <Link to="/marketplace" className={buttonClass('primary')}>
          {t('agents.emptyAction')}
        </Link>
      }
    >
      {t('agent.endedText')}
    </EmptyState>
  );
}
