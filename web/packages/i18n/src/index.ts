// Texts of the widget by language; keys in i18next form, so that one catalogue serves every surface.
import ar from '../widget/ar.json';
import de from '../widget/de.json';
import en from '../widget/en.json';
import es from '../widget/es.json';
import type { Language } from './language';

export * from './language';

export type Catalogue = typeof en;
export type TextKey = keyof Catalogue;

export const catalogues: Readonly<Record<Language, Catalogue>> = { ar, de, en, es };

export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

export function translator(language: Language): Translate {
  const texts = catalogues[language];
  return (key, values = {}) => texts[key].replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
