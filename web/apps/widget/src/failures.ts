// What people read when something went wrong; the code and message of the server are for its log.
import type { Translate } from '@guildhall/i18n';
import { CallError } from './session';

const UNAVAILABLE = [403, 404, 410, 503];

export function failureText(error: unknown, t: Translate): string {
  if (!(error instanceof CallError)) return t('error_general');
  if (error.code === 'rate_limited') return t('error_rate', { seconds: Math.max(1, error.retryAfterS) });
  return UNAVAILABLE.includes(error.status) ? t('error_unavailable') : t('error_general');
}
