// The state of a subscription as colour, icon and word.
import type { Access } from '@guildhall/api';
import { Badge, type Tone } from '@guildhall/ui';
import { useTranslation } from 'react-i18next';

const tones: Record<Access['state'], Tone> = { CREATING: 'busy', OK: 'ok', UPDATING: 'busy', TERMINATING: 'warn', TERMINATED: 'neutral', ERRED: 'bad' };

export function StateBadge({ access }: { access: Access }) {
  const { t } = useTranslation();
  if (access.state === 'OK' && access.agent.state === 'PAUSED') return <Badge tone="warn">{t('state.PAUSED')}</Badge>;
  return <Badge tone={tones[access.state]}>{t(`state.${access.state}`)}</Badge>;
}
