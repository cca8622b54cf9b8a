// Name, e-mail and password: to sign in, or to make an account. Used by the sign-in pages and by the checkout.
import { account, ApiFailure } from '@guildhall/api';
import { Field, Input } from '@guildhall/ui';
import { zodResolver } from '@hookform/resolvers/zod';
import type { TFunction } from 'i18next';
import { useForm, type UseFormReturn } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';

z.config({ jitless: true });

const PASSWORD_MIN = 12;

export interface Credentials {
  full_name: string;
  email: string;
  password: string;
}

export type CredentialsMode = 'sign-in' | 'sign-up';

const schemaOf = (mode: CredentialsMode, t: TFunction) =>
  z.object({
    full_name: z.string(),
    email: z.string().check(z.minLength(1, t('form.required'))),
    password: z.string().check(mode === 'sign-up' ? z.minLength(PASSWORD_MIN, t('session.passwordShort', { count: PASSWORD_MIN })) : z.minLength(1, t('form.required'))),
  });

export function useCredentials(mode: CredentialsMode): UseFormReturn<Credentials> {
  const { t } = useTranslation();
  return useForm<Credentials>({ resolver: zodResolver(schemaOf(mode, t)), defaultValues: { full_name: '', email: '', password: '' } });
}

/** Puts what the server says about a field beside it; false when nothing was about a field. */
export function showFieldErrors(form: UseFormReturn<Credentials>, failure: unknown): boolean {
  if (!(failure instanceof ApiFailure)) return false;
  const names = { email: 'email', username: 'email', password: 'password', full_name: 'full_name' } as const;
  let shown = false;
  for (const [field, message] of Object.entries(failure.fields)) {
    const name = names[field as keyof typeof names];
    if (!name) continue;
    form.setError(name, { message }, { shouldFocus: !shown });
    shown = true;
  }
  return shown;
}

/** A registration whose answer was lost is found again: whoever knows the password is signed in. */
export async function openSession(mode: CredentialsMode, values: Credentials): Promise<void> {
  if (mode === 'sign-in') return void (await account.signIn(values.email, values.password));
  try {
    await account.signUp(values);
  } catch (refused) {
    if (!(refused instanceof ApiFailure) || !refused.fields['email'] && !refused.fields['username']) throw refused;
    await account.signIn(values.email, values.password).catch(() => {
      throw refused;
    });
    return;
  }
  await account.signIn(values.email, values.password);
}

export function CredentialsFields({ form, mode }: { form: UseFormReturn<Credentials>; mode: CredentialsMode }) {
  const { t } = useTranslation();
  const { errors } = form.formState;
  const isNew = mode === 'sign-up';
  return (
    <>
      {isNew ? (
        <Field label={t('session.name')} error={errors.full_name?.message}>
          {(control) => <Input {...control} {...form.register('full_name')} autoComplete="name" />}
        </Field>
      ) : null}
      <Field label={t('session.email')} error={errors.email?.message}>
        {(control) => <Input {...control} {...form.register('email')} type={isNew ? 'email' : 'text'} inputMode="email" dir="ltr" autoComplete={isNew ? 'email' : 'username'} required />}
      </Field>
      <Field label={t('session.password')} hint={isNew ? t('session.passwordHint', { count: PASSWORD_MIN }) : undefined} error={errors.password?.message}>
        {(control) => <Input {...control} {...form.register('password')} type="password" dir="ltr" autoComplete={isNew ? 'new-password' : 'current-password'} required />}
      </Field>
    </>
  );
}
