// What a person chose for this browser: theme, language, single-letter keys, the organization in view. Kept in local storage,
// which may be forbidden.
export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export const themes: readonly Theme[] = ['system', 'light', 'dark', 'contrast'];

export const consoleLanguages = ['en', 'de', 'ar'] as const;
export type ConsoleLanguage = (typeof consoleLanguages)[number];

type Name = 'theme' | 'language' | 'letters' | 'organization';

function read(name: Name): string | null {
  try {
    return localStorage.getItem(`guildhall.${name}`);
  } catch {
    return null;
  }
}

function write(name: Name, value: string): void {
  try {
    localStorage.setItem(`guildhall.${name}`, value);
  } catch {
    return;
  }
}

export function chosenTheme(): Theme {
  const stored = read('theme');
  return themes.find((theme) => theme === stored) ?? 'system';
}

export function chosenLanguage(): ConsoleLanguage {
  const wishes = [read('language'), ...navigator.languages];
  for (const wish of wishes) {
    const known = consoleLanguages.find((language) => wish?.toLowerCase().split('-')[0] === language);
    if (known) return known;
  }
  return 'en';
}

export function applyPreferences(): void {
  const root = document.documentElement;
  const theme = chosenTheme();
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme);
  const language = chosenLanguage();
  root.lang = language;
  root.dir = language === 'ar' ? 'rtl' : 'ltr';
}

export function chooseTheme(theme: Theme): void {
  write('theme', theme);
  applyPreferences();
}

export function chooseLanguage(language: ConsoleLanguage): void {
  write('language', language);
  applyPreferences();
}

export const lettersAreOn = (): boolean => read('letters') !== 'off';
export const setLetters = (on: boolean): void => write('letters', on ? 'on' : 'off');
export const chosenOrganization = (): string => read('organization') ?? '';
export const chooseOrganization = (uuid: string): void => write('organization', uuid);
