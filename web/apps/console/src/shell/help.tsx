// The keys, and the switch that turns single letters off.
import { Dialog, Kbd, Switch } from '@guildhall/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lettersAreOn, setLetters } from './preferences';

export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [letters, setOn] = useState(lettersAreOn);
  const rows: [string[], string][] = [
    [['Ctrl', 'K'], t('help.palette')],
    [['C'], t('help.create')],
    [['G', 'M'], t('shell.marketplace')],
    [['G', 'H'], t('nav.overview')],
    [['G', 'A'], t('nav.agents')],
    [['G', 'B'], t('nav.billing')],
    [['?'], t('help.keys')],
    [['Esc'], t('help.escape')],
  ];
  return (
    <Dialog open onClose={onClose} title={t('help.title')} closeLabel={t('common.close')} size="small">
      <dl className="grid gap-2">
        {rows.map(([keys, label]) => (
          <div key={label} className="flex items-center justify-between gap-4 text-sm">
            <dt>{label}</dt>
            <dd className="flex gap-1" dir="ltr">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-5 border-t border-line pt-4">
        <Switch
          label={t('help.letters')}
          hint={t('help.lettersHint')}
          checked={letters}
          onChange={(event) => {
            setLetters(event.target.checked);
            setOn(event.target.checked);
          }}
        />
      </div>
    </Dialog>
  );
}
