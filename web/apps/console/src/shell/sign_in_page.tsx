// Signing in and registering, on pages of their own.
import { ApiFailure } from '@guildhall/api';
import { Button } from '@guildhall/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { personQuery } from '../queries';
import { CredentialsFields, openSession, showFieldErrors, useCredentials, type Credentials, type CredentialsMode } from './credentials_form';
import { FailureNote } from './failure_note';
import markUrl from './mark.svg';
import { useTitle } from './page';

function CredentialsPage({ mode }: { mode: CredentialsMode }) {
  const { t } = useTranslation();
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ strict: false });
  const form = useCredentials(mode);
  const isNew = mode === 'sign-up';
  const title = isNew ? t('session.signUpTitle') : t('session.signInTitle');
  useTitle(title);
  const enter = useMutation({
    mutationFn: (values: Credentials) => openSession(mode, values),
    onSuccess: async () => {
      await queries.invalidateQueries();
      await queries.fetchQuery({ ...personQuery, staleTime: 0 });
      router.history.push(next ?? '/console');
    },
    onError: (failure) => {
      showFieldErrors(form, failure);
    },
  });
  const isWrong = enter.error instanceof ApiFailure && enter.error.status === 401;
  const isAboutField = enter.error instanceof ApiFailure && Object.keys(enter.error.fields).length > 0;
  return (
    <div className="grid flex-1 place-items-center px-4 py-10">
      <div className="w-full max-w-md">
        <div className="mb-6 grid justify-items-center gap-3 text-center">
          <img src={markUrl} alt="" className="size-12" />
          <h1 className="text-2xl font-semibold">{title}</h1>
          <p className="text-sm text-ink-soft">{isNew ? t('session.signUpText') : t('session.signInText')}</p>
        </div>
        <form noValidate className="grid gap-4 rounded-xl border border-line bg-surface p-6 shadow-card" onSubmit={(event) => void form.handleSubmit((values) => enter.mutate(values))(event)}>
          <CredentialsFields form={form} mode={mode} />
          {isWrong ? (
            <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
              {t('session.wrongBoth')}
            </p>
          ) : null}
          {enter.error && !isWrong && !isAboutField ? <FailureNote failure={enter.error} /> : null}
          <Button kind="primary" type="submit" busy={enter.isPending}>
            {isNew ? t('session.signUp') : t('session.signIn')}
          </Button>
        </form>
        <p className="mt-4 text-center text-sm text-ink-soft">
          {isNew ? t('session.haveAccount') : t('session.noAccount')}{' '}
          <Link to={isNew ? '/console/sign-in' : '/console/sign-up'} search={next ? { next } : {}} className="gh-link">
            {isNew ? t('session.signIn') : t('session.signUp')}
          </Link>
        </p>
      </div>
    </div>
  );
}

export const SignInPage = () => <CredentialsPage mode="sign-in" />;
export const SignUpPage = () => <CredentialsPage mode="sign-up" />;
