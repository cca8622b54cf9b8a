// Options arrive as attributes of the element; data attributes of the script tag and members of init() become attributes first.

const EMBEDDABLE = /^(?!on)[a-z][a-z0-9-]{0,40}$/;

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Attribute name and value, or null for what cannot be an option. */
export function attributeOf(name: string, value: string | number | boolean | readonly string[] | undefined): [string, string] | null {
  const attribute = kebab(name);
  if (value === undefined || value === false || !EMBEDDABLE.test(attribute) || attribute === 'style' || attribute === 'class') return null;
  return [attribute, typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

export function isOn(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== 'off' && value !== '0';
}

/** At most six short questions, as a JSON list or divided by `|`. */
export function suggestionsOf(value: string | null): string[] {
  if (value === null) return [];
  let list: unknown = value.split('|');
  if (value.trim().startsWith('[')) {
    try {
      list = JSON.parse(value);
    } catch {
      return [];
    }
  }
  if (!Array.isArray(list)) return [];
  const texts = list.filter((entry): entry is string => typeof entry === 'string' && entry.trim() !== '');
  return texts.slice(0, 6).map((text) => text.trim().slice(0, 120));
}
