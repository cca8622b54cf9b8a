import assert from 'node:assert/strict';
import { test } from 'node:test';
import ar from '../console/ar.json';
import customerAr from '../console/customer/ar.json';
import customerDe from '../console/customer/de.json';
import customerEn from '../console/customer/en.json';
import de from '../console/de.json';
import en from '../console/en.json';

type Texts = { readonly [key: string]: string | Texts };

const PLURAL = /_(zero|one|two|few|many|other)$/;

function flat(texts: Texts, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

const stems = (texts: Map<string, string>): string[] => [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();
const holes = (text: string): string[] => [...new Set([...text.matchAll(/\{\{\w+\}\}/g)].map((match) => match[0]))].sort();

const english = new Map([...flat(en), ...flat(customerEn)]);
const others: Record<string, Map<string, string>> = { de: new Map([...flat(de), ...flat(customerDe)]), ar: new Map([...flat(ar), ...flat(customerAr)]) };

test('a text is in one part only', () => {
  const twice = Object.keys(en).filter((key) => key in customerEn);
  assert.deepEqual(twice, []);
});

test('every language of the console has every key, and none is empty', () => {
  for (const [language, texts] of Object.entries(others)) {
    assert.deepEqual(stems(texts), stems(english), language);
    for (const [key, text] of texts) assert.notEqual(text.trim(), '', `${language}.${key}`);
  }
});

test('a counted text has every form its language counts with, and no other', () => {
  for (const [language, texts] of Object.entries({ en: english, ...others })) {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const counted = new Map<string, string[]>();
    for (const key of texts.keys()) {
      const form = PLURAL.exec(key)?.[1];
      if (form) counted.set(key.replace(PLURAL, ''), [...(counted.get(key.replace(PLURAL, '')) ?? []), form]);
    }
    for (const [stem, forms] of counted) assert.deepEqual(forms.toSorted(), wanted, `${language}.${stem}`);
  }
});

test('a translation names the same values as the English text', () => {
  for (const [language, texts] of Object.entries(others))
    for (const [key, text] of texts) {
      const original = english.get(key) ?? english.get(key.replace(PLURAL, '_other')) ?? '';
      // Forms for no, one and two may say the number as a word.
      if (/_(zero|one|two|few|many)$/.test(key)) continue;
      assert.deepEqual(holes(text), holes(original), `${language}.${key}`);
    }
});
