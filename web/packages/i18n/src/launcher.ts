// The one text the loader needs, without the rest of the catalogues.
import { open as ar } from '../widget/ar.json';
import { open as de } from '../widget/de.json';
import { open as en } from '../widget/en.json';
import { open as es } from '../widget/es.json';
import type { Language } from './language';

export const openLabels: Readonly<Record<Language, string>> = { ar, de, en, es };
