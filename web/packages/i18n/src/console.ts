// The console's texts: one file per language, fetched when it is needed.
import type texts from '../console/en.json';

export type ConsoleTexts = typeof texts;

export const loadConsoleTexts = {
  en: () => import('../console/en.json'),
  de: () => import('../console/de.json'),
  ar: () => import('../console/ar.json'),
} as const;
