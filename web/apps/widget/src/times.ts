// Instants inside a platform's text, e.g. when people are back: shown in the visitor's own zone and language.
import { make } from './dom';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)/g;

export type TextPart = string | { instant: string; shown: string };

export function localTime(instant: Date, language: string, timeZone?: string): string {
  const format: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' };
  return new Intl.DateTimeFormat(language, timeZone === undefined ? format : { ...format, timeZone }).format(instant);
}

export function withLocalTimes(text: string, language: string, timeZone?: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(INSTANT)) {
    const instant = new Date(match[0]);
    if (Number.isNaN(instant.getTime())) continue;
    parts.push(text.slice(from, match.index), { instant: match[0], shown: localTime(instant, language, timeZone) });
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== '');
}

export function timedText(text: string, language: string): (string | HTMLElement)[] {
  return withLocalTimes(text, language).map((part) => (typeof part === 'string' ? part : make('time', { datetime: part.instant }, part.shown)));
}

/** The same as one string, for what is read aloud. */
export function spokenText(text: string, language: string): string {
  return withLocalTimes(text, language)
    .map((part) => (typeof part === 'string' ? part : part.shown))
    .join('');
}
