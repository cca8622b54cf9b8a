// The console's texts: one file per language and part, fetched when they are needed. What every page says is in console/, what one
// area says in a folder of its own.
import type customer from '../console/customer/en.json';
import type frame from '../console/en.json';

export type ConsoleTexts = typeof frame & typeof customer;
export type ConsolePart = 'frame' | 'customer';

export const loadConsoleTexts = {
  frame: {
    en: () => import('../console/en.json'),
    de: () => import('../console/de.json'),
    ar: () => import('../console/ar.json'),
  },
  customer: {
    en: () => import('../console/customer/en.json'),
    de: () => import('../console/customer/de.json'),
    ar: () => import('../console/customer/ar.json'),
  },
} as const;
