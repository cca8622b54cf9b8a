// Which language a surface speaks and in which direction it runs; no texts, so that small bundles stay small.

export const languages = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'it', 'ja', 'ko', 'pt', 'ru', 'th', 'tr', 'zh-Hans'] as const;
export type Language = (typeof languages)[number];

export function primaryLanguage(tag: string): string {
  return tag.trim().toLowerCase().split(/[-_]/)[0] ?? '';
}

/** The first wanted language there is a catalogue for; English otherwise. */
export function chooseLanguage(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const primary = primaryLanguage(tag ?? '');
    const found = languages.find((language) => primaryLanguage(language) === primary);
    if (found) return found;
  }
  return 'en';
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return ['ar', 'he', 'fa', 'ur'].includes(primaryLanguage(language)) ? 'rtl' : 'ltr';
}
