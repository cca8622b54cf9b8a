import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogues, chooseLanguage, directionOf, languages, translator, type TextKey } from '../src/index';
import { openLabels } from '../src/launcher';

const english = catalogues.en;

test('the list of languages, the catalogues and the launcher agree', () => {
  assert.deepEqual(Object.keys(catalogues).sort(), [...languages].sort());
  for (const language of languages) assert.equal(openLabels[language], catalogues[language].open);
});

test('every language has every key, with the same placeholders, and none is empty', () => {
  const holes = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map((m) => m[0]).sort();
  for (const [language, texts] of Object.entries(catalogues)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort(), language);
    for (const key of Object.keys(english) as TextKey[]) {
      assert.notEqual(texts[key].trim(), '', `${language}.${key}`);
      assert.deepEqual(holes(texts[key]), holes(english[key]), `${language}.${key}`);
    }
  }
});

test('the first known language wins, English stands in for all others', () => {
  assert.equal(chooseLanguage([undefined, '', 'de-AT', 'es']), 'de');
  assert.equal(chooseLanguage(['xx', 'ES_mx']), 'es');
  assert.equal(chooseLanguage(['xx', null, 'constructor']), 'en');
});

test('Arabic, Hebrew, Persian and Urdu run from right to left', () => {
  assert.deepEqual(['ar', 'he-IL', 'fa', 'ur', 'de'].map(directionOf), ['rtl', 'rtl', 'rtl', 'rtl', 'ltr']);
});

test('values fill their places and unknown places stay', () => {
  assert.equal(translator('de')('source', { n: 3 }), 'Quelle 3');
  assert.equal(translator('en')('source'), 'Source {{n}}');
});
