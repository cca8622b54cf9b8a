// A colour, picked or typed.
import { Field, Input } from '@guildhall/ui';
import { useTranslation } from 'react-i18next';
import { isColor } from './colors';

export function ColorField({ label, value, error, onChange }: { label: string; value: string; error?: string | undefined; onChange: (color: string) => void }) {
  const { t } = useTranslation();
  return (
    <Field label={label} error={error}>
      {(control) => (
        <span className="flex gap-2">
          <input type="color" aria-label={t('form.pick', { name: label })} value={isColor(value) ? value : '#000000'} onChange={(event) => onChange(event.target.value)} className="h-10 w-14 cursor-pointer rounded-md border border-line-strong/80 bg-surface p-1 touch:h-11" />
          <Input {...control} dir="ltr" value={value} maxLength={7} spellCheck={false} onChange={(event) => onChange(event.target.value)} className="max-w-32 font-mono" />
        </span>
      )}
    </Field>
  );
}
