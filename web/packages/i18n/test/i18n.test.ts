import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogues } from '../src/catalogues';
import { chooseLanguage, directionOf, english, languages, translator } from '../src/index';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const stems = (texts: Readonly<Record<string, string>>): string[] => [...new Set(Object.keys(texts).map((key) => key.replace(PLURAL, '')))].sort();
const holes = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map((found) => found[0]).sort();

test('there is a catalogue for every language of the list', () => {
  assert.deepEqual(Object.keys(catalogues).sort(), [...languages].sort());
  assert.equal(languages.length, 14);
});

test('every language has every key, with the same placeholders, and none is empty', () => {
  for (const [language, texts] of Object.entries(catalogues)) {
    assert.deepEqual(stems(texts), stems(english), language);
    for (const [key, text] of Object.entries(texts)) {
      assert.notEqual(text.trim(), '', `${language}.${key}`);
      // A form for exactly none, one or two may say the number in words.
      if (/_(zero|one|two)$/.test(key)) continue;
      assert.deepEqual(holes(text), holes(english[key] ?? english[key.replace(PLURAL, '_other')] ?? ''), `${language}.${key}`);
    }
  }
});

test('every plural has the form its language uses for every number', () => {
  const plurals = stems(english).filter((stem) => `${stem}_other` in english);
  assert.deepEqual(plurals, ['unread', 'wait']);
  for (const language of languages)
    for (let n = 0; n <= 120; ++n)
      for (const stem of plurals) assert.ok(`${stem}_${new Intl.PluralRules(language).select(n)}` in catalogues[language], `${language}.${stem} for ${n}`);
});

test('the first known language wins, English stands in for all others', () => {
  assert.equal(chooseLanguage([undefined, '', 'de-AT', 'es']), 'de');
  assert.equal(chooseLanguage(['xx', 'ES_mx']), 'es');
  assert.equal(chooseLanguage(['zh-CN']), 'zh-Hans');
  assert.equal(chooseLanguage(['xx', null, 'constructor']), 'en');
});

test('Arabic, Hebrew, Persian and Urdu run from right to left', () => {
  assert.deepEqual(['ar', 'he-IL', 'fa', 'ur', 'de'].map(directionOf), ['rtl', 'rtl', 'rtl', 'rtl', 'ltr']);
});

test('values fill their places and unknown places stay', () => {
  assert.equal(translator('de', [catalogues.de])('source', { n: 3 }), 'Quelle 3');
  assert.equal(translator('en', [])('source'), 'Source {{n}}');
});

test('the number chooses the form', () => {
  const russian = translator('ru', [catalogues.ru]);
  assert.deepEqual([1, 3, 5].map((count) => russian('unread', { count })), ['1 непрочитанное сообщение', '3 непрочитанных сообщения', '5 непрочитанных сообщений']);
  assert.equal(translator('ar', [catalogues.ar])('unread', { count: 2 }), 'رسالتان غير مقروءتين');
});

test('a page may replace single texts; what it leaves out stays, what is missing is English', () => {
  const t = translator('de', [{ send: 'Los' }, catalogues.de]);
  assert.equal(t('send'), 'Los');
  assert.equal(t('stop'), 'Antwort anhalten');
  assert.equal(translator('xx', [undefined, {}])('stop'), 'Stop answering');
});
