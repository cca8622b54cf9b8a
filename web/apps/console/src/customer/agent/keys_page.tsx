// Access keys: a secret is shown once, when it is made.
import { agents, keyScopes, type AccessKey, type IssuedKey, type KeyScope } from '@guildhall/api';
import { Badge, Button, Checkbox, CodeSample, Confirm, CopyButton, DataTable, Dialog, Field, IconButton, Input, SkeletonRows, useToast, type Tone } from '@guildhall/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysQuery } from '../../queries';
import { useCreateAction } from '../../shell/create';
import { FailureNote } from '../../shell/failure_note';
import { useFormat } from '../../shell/format';
import { Time } from '../../shell/time';
import { useAccess } from './frame';

const tones: Record<AccessKey['status'], Tone> = { UNCLAIMED: 'warn', ACTIVE: 'ok', EXPIRED: 'neutral', REVOKED: 'neutral' };

function SecretDialog({ issued, agent, onClose }: { issued: IssuedKey; agent: string; onClose: () => void }) {
  const { t } = useTranslation();
  const sample = `curl ${location.origin}/api/v1/agents/${agent}/chat \\\n  -H 'Authorization: Bearer ${issued.api_key}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{"message":"Hello"}'`;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('keys.secretTitle', { name: issued.name })}
      description={t('keys.secretText')}
      closeLabel={t('common.close')}
      footer={
        <Button kind="primary" onClick={onClose}>
          {t('keys.stored')}
        </Button>
      }
    >
      <div className="grid gap-4">
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line-strong bg-sunken p-3">
          <code className="min-w-0 flex-1 text-sm break-all" dir="ltr" data-testid="secret">
            {issued.api_key}
          </code>
          <CopyButton text={issued.api_key} label={t('common.copy')} doneLabel={t('common.copied')} />
        </div>
        <CodeSample code={sample} label={t('keys.sample')} copyLabel={t('common.copy')} copiedLabel={t('common.copied')} />
      </div>
    </Dialog>
  );
}

function NewKeyDialog({ id, onClose, onMade }: { id: string; onClose: () => void; onMade: (issued: IssuedKey) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly KeyScope[]>(['chat', 'query']);
  const make = useMutation({ mutationFn: () => agents.addKey(id, { name: name.trim(), scopes: keyScopes.filter((scope) => scopes.includes(scope)) }), onSuccess: onMade });
  return (
    <Dialog open onClose={onClose} title={t('keys.add')} description={t('keys.addText')} closeLabel={t('common.close')} size="small">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Field label={t('keys.name')} hint={t('keys.nameHint')}>
          {(control) => <Input {...control} required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <fieldset className="grid gap-1">
          <legend className="mb-1 text-sm font-medium">{t('keys.scopes')}</legend>
          {keyScopes.map((scope) => (
            <Checkbox key={scope} label={t(`keys.scope.${scope}`)} hint={t(`keys.scopeText.${scope}`)} checked={scopes.includes(scope)} onChange={(event) => setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))} />
          ))}
        </fieldset>
        {make.error ? <FailureNote failure={make.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" busy={make.isPending} disabled={scopes.length === 0}>
            {t('keys.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function KeysPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const access = useAccess();
  const queries = useQueryClient();
  const keys = useQuery(keysQuery(access.id));
  const [adding, setAdding] = useState(false);
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const [doomed, setDoomed] = useState<AccessKey | null>(null);
  const begin = useCallback(() => setAdding(true), []);
  useCreateAction(t('keys.add'), begin);
  const changed = () => queries.invalidateQueries({ queryKey: keysQuery(access.id).queryKey });
  const made = (key: IssuedKey) => {
    setAdding(false);
    setIssued(key);
    void changed();
  };
  const claim = useMutation({ mutationFn: (key: AccessKey) => agents.claimKey(access.id, key.id), onSuccess: made });
  const rotate = useMutation({ mutationFn: (key: AccessKey) => agents.rotateKey(access.id, key.id), onSuccess: made });
  const revoke = useMutation({
    mutationFn: (key: AccessKey) => agents.revokeKey(access.id, key.id),
    onSuccess: async (_nothing, key) => {
      setDoomed(null);
      toast(t('keys.revoked', { name: key.name }));
      await changed();
    },
  });
  const failure = claim.error ?? rotate.error;
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-sm text-ink-soft">{t('keys.text')}</p>
        <Button kind="primary" icon={<Plus aria-hidden="true" className="size-4" />} onClick={begin}>
          {t('keys.add')}
        </Button>
      </div>
      {failure ? <FailureNote failure={failure} /> : null}
      {keys.isPending ? <SkeletonRows label={t('common.loading')} /> : null}
      {keys.error && !keys.data ? <FailureNote failure={keys.error} onRetry={() => void keys.refetch()} /> : null}
      {keys.data ? (
        <div className="rounded-xl border border-line bg-surface p-3 shadow-card sm:p-4">
          <DataTable
            label={t('agent.keys')}
            rows={keys.data.results}
            rowKey={(key) => key.id}
            columns={[
              {
                key: 'name',
                header: t('keys.name'),
                isTitle: true,
                cell: (key) => (
                  <span className="flex items-center gap-3">
                    <KeyRound aria-hidden="true" className="size-4 shrink-0 text-ink-faint" />
                    <span className="grid">
                      <span className="font-medium" dir="auto">
                        {key.name}
                      </span>
                      {key.status === 'UNCLAIMED' ? null : (
                        <code className="text-xs font-normal text-ink-faint" dir="ltr">
                          {key.key_prefix}…
                        </code>
                      )}
                    </span>
                  </span>
                ),
              },
              { key: 'status', header: t('documents.status'), cell: (key) => <Badge tone={tones[key.status]}>{t(`keys.status.${key.status}`)}</Badge> },
              { key: 'scopes', header: t('keys.scopes'), cell: (key) => key.scopes.map((scope) => t(`keys.scope.${scope}`)).join(', ') },
              { key: 'used', header: t('keys.lastUsed'), cell: (key) => (key.last_used_at ? <Time value={key.last_used_at} /> : t('keys.never')) },
              { key: 'calls', header: t('keys.calls'), align: 'end', cell: (key) => format.number(key.total_requests) },
              {
                key: 'actions',
                header: t('common.actions'),
                isActions: true,
                align: 'end',
                cell: (key) =>
                  key.status === 'UNCLAIMED' ? (
                    <Button size="small" kind="primary" busy={claim.isPending} onClick={() => claim.mutate(key)}>
                      {t('keys.claim')}
                    </Button>
                  ) : key.status === 'ACTIVE' ? (
                    <span className="inline-flex gap-1">
                      <IconButton size="small" label={t('keys.rotate', { name: key.name })} onClick={() => rotate.mutate(key)}>
                        <RefreshCw aria-hidden="true" className="size-4" />
                      </IconButton>
                      <IconButton size="small" label={t('keys.revoke', { name: key.name })} onClick={() => setDoomed(key)}>
                        <Trash2 aria-hidden="true" className="size-4" />
                      </IconButton>
                    </span>
                  ) : null,
              },
            ]}
          />
        </div>
      ) : null}
      {adding ? <NewKeyDialog id={access.id} onClose={() => setAdding(false)} onMade={made} /> : null}
      {issued ? <SecretDialog issued={issued} agent={access.agent.agent_id} onClose={() => setIssued(null)} /> : null}
      <Confirm
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed && revoke.mutate(doomed)}
        busy={revoke.isPending}
        title={t('keys.revokeTitle', { name: doomed?.name ?? '' })}
        effect={t('keys.revokeEffect')}
        confirmLabel={t('keys.revokeButton')}
        cancelLabel={t('common.cancel')}
        problem={revoke.error ? <FailureNote failure={revoke.error} /> : null}
      />
    </div>
  );
}
