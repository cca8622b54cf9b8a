// Texts of the chosen language, with English behind every missing key.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { loadConsoleTexts, type ConsolePart, type ConsoleTexts } from '@guildhall/i18n/src/console';
import { chooseLanguage, chosenLanguage, type ConsoleLanguage } from './shell/preferences';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: ConsoleTexts };
    returnNull: false;
  }
}

const parts = new Set<ConsolePart>(['frame']);
const loaded = new Set<string>();

async function load(language: ConsoleLanguage): Promise<void> {
  await Promise.all(
    [...parts].map(async (part) => {
      if (loaded.has(`${part}.${language}`)) return;
      const texts = await loadConsoleTexts[part][language]();
      loaded.add(`${part}.${language}`);
      i18next.addResourceBundle(language, 'translation', texts.default, true);
    }),
  );
}

/** An area's texts, before the area is shown. */
export async function loadPart(part: ConsolePart): Promise<void> {
  parts.add(part);
  await load(chosenLanguage());
}

export async function startTexts(): Promise<void> {
  const language = chosenLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    // React escapes what it prints.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load(language);
  await i18next.changeLanguage(language);
}

export async function switchLanguage(language: ConsoleLanguage): Promise<void> {
  await load(language);
  chooseLanguage(language);
  await i18next.changeLanguage(language);
}
