// Making or changing a widget, with its preview.
import { agents, ApiFailure, type Persona, type Widget } from '@guildhall/api';
import { Button, Dialog, Field, Input, Select, Textarea, useToast } from '@guildhall/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { widgetsQuery } from '../../queries';
import { FailureNote } from '../../shell/failure_note';
import { ColorField } from '../color_field';
import { isColor } from '../colors';
import { WidgetPreview } from '../widget_preview';
import { hostsOf } from './snippets';

const positions = ['bottom-right', 'bottom-left'] as const;
const themes = ['auto', 'light', 'dark'] as const;

export function WidgetDialog({ id, widget, persona, onClose, onMade }: { id: string; widget: Widget | null; persona: Persona | undefined; onClose: () => void; onMade: (widget: Widget) => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const queries = useQueryClient();
  const [name, setName] = useState(widget?.name ?? t('widgets.defaultName'));
  const [domains, setDomains] = useState(widget?.domains.join('\n') ?? '');
  const [position, setPosition] = useState<Widget['position']>(widget?.position ?? 'bottom-right');
  const [theme, setTheme] = useState<Widget['theme']>(widget?.theme ?? 'auto');
  const [color, setColor] = useState(widget?.primary_color ?? persona?.primary_color ?? '#2563eb');
  const hosts = hostsOf(domains);
  const [tried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), domains: hosts, position, theme, primary_color: color };
      return widget ? agents.saveWidget(id, widget.id, body) : agents.addWidget(id, body);
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: widgetsQuery(id).queryKey });
      toast(t('widgets.saved'));
      onMade(saved);
    },
  });
  const fields = save.error instanceof ApiFailure ? save.error.fields : {};
  const domainProblem = tried && hosts.length === 0 ? t('widgets.noDomain') : fields['domains'];
  return (
    <Dialog open onClose={onClose} title={widget ? t('widgets.edit') : t('widgets.add')} closeLabel={t('common.close')} size="large">
      <div className="grid gap-6 md:grid-cols-[1fr_20rem]">
        <form
          noValidate
          className="grid content-start gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (hosts.length > 0 && isColor(color)) save.mutate();
          }}
        >
          <Field label={t('widgets.name')} error={fields['name']}>
            {(control) => <Input {...control} required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={t('widgets.domains')} hint={t('widgets.domainsHint')} error={domainProblem}>
            {(control) => <Textarea {...control} dir="ltr" rows={3} required placeholder={'www.example.com\n*.example.com\nlocalhost'} value={domains} onChange={(event) => setDomains(event.target.value)} />}
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t('widgets.position')}>
              {(control) => (
                <Select {...control} value={position} onChange={(event) => setPosition(positions.find((one) => one === event.target.value) ?? 'bottom-right')}>
                  {positions.map((one) => (
                    <option key={one} value={one}>
                      {t(`widgets.positions.${one === 'bottom-right' ? 'right' : 'left'}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={t('theme.label')}>
              {(control) => (
                <Select {...control} value={theme} onChange={(event) => setTheme(themes.find((one) => one === event.target.value) ?? 'auto')}>
                  {themes.map((one) => (
                    <option key={one} value={one}>
                      {one === 'auto' ? t('widgets.themeAuto') : t(`theme.${one}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <ColorField label={t('persona.color')} value={color} error={isColor(color) ? fields['primary_color'] : t('form.color')} onChange={setColor} />
          {save.error && Object.keys(fields).length === 0 ? <FailureNote failure={save.error} /> : null}
          <div className="flex justify-end gap-2 pt-2">
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button kind="primary" type="submit" busy={save.isPending}>
              {widget ? t('common.save') : t('widgets.create')}
            </Button>
          </div>
        </form>
        <div className="max-md:hidden">
          <WidgetPreview name={persona?.agent_name ?? ''} greeting={persona?.greeting_message ?? ''} avatar={persona?.avatar_emoji ?? ''} color={color} position={position} theme={theme} />
        </div>
      </div>
    </Dialog>
  );
}
