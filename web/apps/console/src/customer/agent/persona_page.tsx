// Who the agent is for visitors, with a preview that follows every key.
import { agents, ApiFailure, tones, type Persona } from '@guildhall/api';
import { Button, Card, Field, Input, Select, Skeleton, Textarea, useToast } from '@guildhall/ui';
import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useForm, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import { personaQuery } from '../../queries';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { ColorField } from '../color_field';
import { isColor } from '../colors';
import { WidgetPreview } from '../widget_preview';
import { useAccess } from './frame';

z.config({ jitless: true });

const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'pt', 'nl', 'pl', 'tr', 'ru', 'ar', 'hi', 'ja', 'ko', 'zh', 'th'];
const fields = ['agent_name', 'greeting_message', 'tone', 'avatar_emoji', 'primary_color', 'language'] as const;
type PersonaForm = Pick<Persona, (typeof fields)[number]>;

const schemaOf = (t: TFunction) =>
  z.object({
    agent_name: z.string().check(z.maxLength(80, t('form.atMost', { count: 80 }))),
    greeting_message: z.string().check(z.maxLength(500, t('form.atMost', { count: 500 }))),
    tone: z.enum(tones),
    avatar_emoji: z.string().check(z.maxLength(16, t('form.atMost', { count: 16 }))),
    primary_color: z.string().check(z.refine(isColor, t('form.color'))),
    language: z.string(),
  });

const pick = (persona: Persona): PersonaForm => ({
  agent_name: persona.agent_name,
  greeting_message: persona.greeting_message,
  tone: persona.tone,
  avatar_emoji: persona.avatar_emoji,
  primary_color: persona.primary_color,
  language: persona.language,
});

function PersonaEditor({ id, persona }: { id: string; persona: Persona }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const form = useForm<PersonaForm>({ resolver: zodResolver(schemaOf(t)), values: pick(persona), resetOptions: { keepDirtyValues: true } });
  const { errors, isDirty } = form.formState;
  const shown = useWatch({ control: form.control });
  const save = useMutation({
    mutationFn: (values: PersonaForm) => agents.savePersona(id, { ...values, avatar_type: 'EMOJI' }),
    onSuccess: (saved) => {
      form.reset(pick(saved));
      queries.setQueryData(personaQuery(id).queryKey, saved);
      toast(t('persona.saved'));
    },
    onError: (failure) => {
      if (!(failure instanceof ApiFailure)) return;
      for (const field of fields) {
        const message = failure.fields[`persona.${field}`] ?? failure.fields[field];
        if (message) form.setError(field, { message }, { shouldFocus: true });
      }
    },
  });
  useBlocker({ shouldBlockFn: () => form.formState.isDirty && !save.isPending && !globalThis.confirm(t('form.unsaved')), enableBeforeUnload: () => form.formState.isDirty });
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[1fr_26rem]">
      <Card title={t('persona.title')} description={t('persona.text')}>
        <form noValidate className="grid gap-5" onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}>
          <div className="grid gap-5 sm:grid-cols-[1fr_8rem]">
            <Field label={t('persona.name')} error={errors.agent_name?.message}>
              {(control) => <Input {...control} {...form.register('agent_name')} placeholder={t('preview.name')} />}
            </Field>
            <Field label={t('persona.avatar')} error={errors.avatar_emoji?.message}>
              {(control) => <Input {...control} {...form.register('avatar_emoji')} placeholder="🌿" />}
            </Field>
          </div>
          <Field label={t('persona.greeting')} hint={t('persona.greetingHint')} error={errors.greeting_message?.message}>
            {(control) => <Textarea {...control} {...form.register('greeting_message')} rows={3} placeholder={t('preview.greeting')} />}
          </Field>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label={t('persona.tone')} error={errors.tone?.message}>
              {(control) => (
                <Select {...control} {...form.register('tone')}>
                  {tones.map((tone) => (
                    <option key={tone} value={tone}>
                      {t(`persona.tones.${tone}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={t('persona.language')} error={errors.language?.message}>
              {(control) => (
                <Select {...control} {...form.register('language')}>
                  <option value="">{t('persona.languageAuto')}</option>
                  {LANGUAGES.map((code) => (
                    <option key={code} value={code}>
                      {format.languageName(code)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <ColorField label={t('persona.color')} value={shown.primary_color ?? ''} error={errors.primary_color?.message} onChange={(color) => form.setValue('primary_color', color, { shouldDirty: true, shouldValidate: form.formState.isSubmitted })} />
          {save.error && Object.keys(errors).length === 0 ? <FailureNote failure={save.error} /> : null}
          <div className="flex flex-wrap items-center gap-3 border-t border-line pt-5">
            <Button kind="primary" type="submit" busy={save.isPending} disabled={!isDirty}>
              {t('common.save')}
            </Button>
            <Button kind="quiet" disabled={!isDirty || save.isPending} onClick={() => form.reset(pick(persona))}>
              {t('common.discard')}
            </Button>
            <span role="status" className="text-sm text-ink-faint">
              {isDirty ? t('form.changed') : t('form.unchanged')}
            </span>
          </div>
        </form>
      </Card>
      <section aria-label={t('preview.title')} className="grid gap-2 xl:sticky xl:top-20">
        <h2 className="text-sm font-medium text-ink-soft">{t('preview.title')}</h2>
        <WidgetPreview name={shown.agent_name ?? ''} greeting={shown.greeting_message ?? ''} color={shown.primary_color ?? ''} avatar={shown.avatar_emoji ?? ''} position="bottom-right" theme="auto" />
      </section>
    </div>
  );
}

export function PersonaPage() {
  const access = useAccess();
  const persona = useQuery(personaQuery(access.id));
  if (persona.isPending) return <Skeleton className="h-96 !rounded-xl" />;
  if (!persona.data) return <FailureNote failure={persona.error} onRetry={() => void persona.refetch()} />;
  return <PersonaEditor id={access.id} persona={persona.data} />;
}
