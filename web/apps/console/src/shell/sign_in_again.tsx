// The session ended while somebody was at work: they sign in over the page, which stays as it is, and the call goes on.
import { account, ApiFailure } from '@guildhall/api';
import { Button, Dialog, Field, Input } from '@guildhall/ui';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FailureNote } from './failure_note';

export function SignInAgain({ username, onDone }: { username: string; onDone: (again: boolean) => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const isWrong = failure instanceof ApiFailure && failure.status === 401;

  async function submit(): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      await account.signIn(username, password);
      onDone(true);
    } catch (error) {
      setFailure(error as Error);
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={() => onDone(false)} title={t('session.endedTitle')} description={t('session.endedText')} closeLabel={t('common.close')} size="small" initialFocus={field}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <input type="hidden" autoComplete="username" value={username} readOnly />
        <p className="text-sm text-ink-soft" dir="auto">
          {username}
        </p>
        <Field label={t('session.password')} error={isWrong ? t('session.wrong') : undefined}>
          {(control) => <Input {...control} ref={field} type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />}
        </Field>
        {failure && !isWrong ? <FailureNote failure={failure} /> : null}
        <Button kind="primary" type="submit" busy={busy}>
          {t('session.continue')}
        </Button>
      </form>
    </Dialog>
  );
}
