// How far a document is, in colour, icon and word; a failure says what to do.
import type { Document } from '@guildhall/api';
import { Badge, type Tone } from '@guildhall/ui';
import { useTranslation } from 'react-i18next';

const tones: Record<Document['status'], Tone> = { PENDING: 'busy', PROCESSING: 'busy', INDEXED: 'ok', FAILED: 'bad' };

export function DocumentStatus({ status, error }: { status: Document['status']; error?: Document['error'] }) {
  const { t } = useTranslation();
  return (
    <span className="grid justify-items-end gap-1 md:justify-items-start">
      <Badge tone={tones[status]}>{t(`document.${status}`)}</Badge>
      {error ? (
        <span className="max-w-sm text-xs text-bad" dir="auto">
          {error.message}
        </span>
      ) : null}
    </span>
  );
}
