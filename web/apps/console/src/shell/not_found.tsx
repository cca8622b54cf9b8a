// An address nothing lives at.
import { buttonClass, EmptyState } from '@guildhall/ui';
import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { PageBody, useTitle } from './page';

export function NotFound() {
  const { t } = useTranslation();
  useTitle(t('notFound.title'));
  return (
    <PageBody>
      <h1 className="sr-only">{t('notFound.title')}</h1>
      <EmptyState
        icon={<Compass aria-hidden="true" />}
        title={t('notFound.title')}
        action={
          <Link to="/marketplace" className={buttonClass('primary')}>
            {t('notFound.action')}
          </Link>
        }
      >
        {t('notFound.text')}
      </EmptyState>
    </PageBody>
  );
}
