// Texts of the widget; keys in i18next form (`key_one`, `{{name}}`), so that one catalogue serves every surface.
import en from '../widget/en.json';

export * from './language';

export type Texts = Readonly<Record<string, string>>;
type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type Stem<Key extends string> = Key extends `${infer Before}_${PluralForm}` ? Before : Key;
export type TextKey = Stem<keyof typeof en>;

export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** English, what every other language falls back to. */
export const english: Texts = en;

/** Looks a text up in each of `catalogues`, then in English; `count` among the values chooses the plural form of the language. */
export function translator(language: string, catalogues: readonly (Texts | undefined)[]): Translate {
  const rules = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const count = values['count'];
    const keys = count === undefined ? [key] : [`${key}_${rules.select(Number(count))}`, `${key}_other`];
    const text = [...catalogues, english].flatMap((texts) => keys.map((wanted) => texts?.[wanted])).find((found) => typeof found === 'string') ?? key;
    return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  };
}
