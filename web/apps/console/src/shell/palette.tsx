// One place to go anywhere and do anything: pages, agents, offerings, actions, settings. Recent choices come first.
import { Dialog } from '@guildhall/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { switchLanguage } from '../i18n';
import { accessesQuery, offeringsQuery } from '../queries';
import { useCreateSlot } from './create';
import { matching, noteRecent, recentFirst, type Command } from './palette_commands';
import { chooseTheme, consoleLanguages, themes } from './preferences';
import { useSession } from './session';
import { languageNames } from './user_menu';

const SHOWN_MAX = 12;
const SEARCHED_FROM = 2;

function useCommands(words: string): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateSlot();
  const { person, organization, organizations, choose, end } = useSession();
  const accesses = useQuery({ ...accessesQuery, enabled: Boolean(person) });
  const found = useQuery({ ...offeringsQuery({ keyword: words, category: '', order: '', page: 1 }), enabled: words.length >= SEARCHED_FROM });
  const commands: Command[] = [];
  const add = (id: string, kind: string, label: string, run: () => unknown) => commands.push({ id, kind, label, run });
  if (create) add('create', t('palette.action'), create.label, create.run);
  add('go:market', t('palette.page'), t('shell.marketplace'), () => navigate({ to: '/marketplace' }));
  if (person) {
    add('go:home', t('palette.page'), t('nav.overview'), () => navigate({ to: '/console' }));
    add('go:agents', t('palette.page'), t('nav.agents'), () => navigate({ to: '/console/agents' }));
    add('go:billing', t('palette.page'), t('nav.billing'), () => navigate({ to: '/console/billing' }));
    const pages = [
      ['persona', t('agent.persona')],
      ['knowledge', t('agent.knowledge')],
      ['try', t('agent.try')],
      ['quality', t('agent.quality')],
      ['widgets', t('agent.widgets')],
      ['keys', t('agent.keys')],
      ['usage', t('agent.usage')],
      ['plan', t('agent.plan')],
    ] as const;
    for (const access of accesses.data?.results ?? []) {
      const params = { access: access.id };
      add(`agent:${access.id}`, t('palette.agent'), access.name, () => navigate({ to: '/console/agents/$access', params }));
      for (const [page, label] of pages) add(`agent:${access.id}:${page}`, t('palette.agent'), `${access.name} › ${label}`, () => navigate({ to: `/console/agents/$access/${page}`, params }));
    }
    for (const one of organizations) if (one.uuid !== organization?.uuid) add(`org:${one.uuid}`, t('palette.action'), t('palette.switchTo', { name: one.name }), () => choose(one.uuid));
    add('sign-out', t('palette.action'), t('session.signOut'), () => end().then(() => navigate({ to: '/marketplace' })));
  } else {
    add('sign-in', t('palette.page'), t('session.signIn'), () => navigate({ to: '/console/sign-in' }));
    add('sign-up', t('palette.page'), t('session.signUp'), () => navigate({ to: '/console/sign-up' }));
  }
  for (const offering of found.data?.rows ?? []) add(`offering:${offering.uuid}`, t('palette.offering'), offering.name, () => navigate({ to: '/marketplace/$offering', params: { offering: offering.uuid } }));
  for (const theme of themes) add(`theme:${theme}`, t('palette.setting'), `${t('theme.label')}: ${t(`theme.${theme}`)}`, () => chooseTheme(theme));
  for (const language of consoleLanguages) add(`language:${language}`, t('palette.setting'), `${t('shell.language')}: ${languageNames[language]}`, () => switchLanguage(language));
  return commands;
}

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const commands = useCommands(words.trim());
  const shown = (words.trim() ? matching(commands, words) : recentFirst(commands)).slice(0, SHOWN_MAX);
  const current = Math.min(at, shown.length - 1);

  function run(command: Command | undefined): void {
    if (!command) return;
    noteRecent(command.id);
    onClose();
    command.run();
  }

  function onKey(event: React.KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((current + step + shown.length) % Math.max(shown.length, 1));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(shown[current]);
    }
  }

  return (
    <Dialog open onClose={onClose} title={t('palette.title')} closeLabel={t('common.close')} initialFocus={input}>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={shown[current] ? `${id}-${current}` : undefined}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        value={words}
        dir="auto"
        autoComplete="off"
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        className="h-12 w-full rounded-lg border border-line-strong bg-surface px-4 text-base placeholder:text-ink-faint"
      />
      <ul id={`${id}-list`} role="listbox" aria-label={t('palette.results')} className="mt-3 grid gap-0.5">
        {shown.map((command, index) => (
          <li
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            onMouseMove={() => setAt(index)}
            onClick={() => run(command)}
            className="flex min-h-10 cursor-pointer items-center justify-between gap-4 rounded-md px-3 py-2 text-sm aria-selected:bg-accent-soft aria-selected:text-accent-ink contrast:aria-selected:border"
          >
            <span dir="auto" className="min-w-0 truncate">
              {command.label}
            </span>
            <span className="shrink-0 text-xs text-ink-soft">{command.kind}</span>
          </li>
        ))}
      </ul>
      {shown.length === 0 ? <p className="py-6 text-center text-sm text-ink-soft">{t('palette.none')}</p> : null}
    </Dialog>
  );
}
