// Options arrive as attributes of the element; data attributes of the script tag and members of init() become attributes first.
import type { OptionValue } from './contract';

const EMBEDDABLE = /^(?!on)[a-z][a-z0-9-]{0,40}$/;

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Attribute name and value, or null for what cannot be an option. */
export function attributeOf(name: string, value: OptionValue): [string, string] | null {
  const attribute = kebab(name);
  if (value === undefined || value === null || !EMBEDDABLE.test(attribute) || attribute === 'style' || attribute === 'class') return null;
  return [attribute, typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

export function isOn(value: string | null): boolean {
  return value !== null && !/^(false|off|0|no)$/.test(value);
}

/** A number within bounds, or the value that stands for none. */
export function numberOf(value: string | null, min: number, max: number, otherwise: number): number {
  const number = parseFloat(value ?? '');
  return number >= min && number <= max ? number : otherwise;
}

/** At most six short questions, as a JSON list or divided by `|`. */
export function suggestionsOf(value: string | null): string[] {
  if (value === null) return [];
  const list = value.trim().startsWith('[') ? parsed(value) : value.split('|');
  if (!Array.isArray(list)) return [];
  const texts = list.filter((entry): entry is string => typeof entry === 'string' && entry.trim() !== '');
  return texts.slice(0, 6).map((text) => text.trim().slice(0, 120));
}

/** The page's own words: `{key: text}`, or `{language: {key: text}}`. */
export function translationsOf(value: string | null, language: string): Record<string, string>[] {
  const given = parsed(value ?? '');
  if (typeof given !== 'object' || given === null) return [];
  const all = given as Record<string, unknown>;
  const own = all[language];
  const words = (from: unknown): Record<string, string> => Object.fromEntries(Object.entries((from ?? {}) as object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return typeof own === 'object' ? [words(own), words(all)] : [words(all)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
