// Who is signed in, and how this browser shows things; visitors choose theme and language here too.
import { buttonClass, cx, Menu, MenuChoice, MenuItem, MenuNote, MenuSeparator } from '@guildhall/ui';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, Settings2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { switchLanguage } from '../i18n';
import { chosenLanguage, chosenTheme, chooseTheme, consoleLanguages, themes, type ConsoleLanguage, type Theme } from './preferences';
import { useSession } from './session';

/** Each language in its own words. */
export const languageNames: Record<ConsoleLanguage, string> = { en: 'English', de: 'Deutsch', ar: 'العربية' };

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean);
  return [words[0], words[1]].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}

export function UserMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { person, end } = useSession();
  const [theme, setTheme] = useState(chosenTheme);
  const name = person ? person.full_name || person.username : '';
  const themeLabels: Record<Theme, string> = { system: t('theme.system'), light: t('theme.light'), dark: t('theme.dark'), contrast: t('theme.contrast') };
  return (
    <Menu
      label={person ? t('shell.userMenu', { name }) : t('shell.display')}
      triggerClass={cx(person ? 'grid size-9 shrink-0 cursor-pointer place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent-ink touch:size-11 contrast:border' : cx(buttonClass('quiet', 'small'), 'aspect-square !px-0'))}
      trigger={person ? <span aria-hidden="true">{initials(name)}</span> : <Settings2 aria-hidden="true" className="size-5" />}
    >
      {person ? (
        <>
          <MenuNote>
            <p className="text-sm font-medium" dir="auto">
              {name}
            </p>
            <p className="text-xs text-ink-faint" dir="auto">
              {person.email}
            </p>
          </MenuNote>
          <MenuSeparator />
        </>
      ) : null}
      <MenuChoice
        label={t('theme.label')}
        value={theme}
        onChange={(next) => {
          chooseTheme(next);
          setTheme(next);
        }}
        choices={themes.map((value) => ({ value, label: themeLabels[value] }))}
      />
      <MenuSeparator />
      <MenuChoice label={t('shell.language')} value={chosenLanguage()} onChange={(language) => void switchLanguage(language)} choices={consoleLanguages.map((value) => ({ value, label: languageNames[value], lang: value }))} />
      {person ? (
        <>
          <MenuSeparator />
          <MenuItem icon={<LogOut aria-hidden="true" className="size-4 rtl:-scale-x-100" />} onClick={() => void end().then(() => navigate({ to: '/marketplace' }))}>
            {t('session.signOut')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}
