import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spokenText, withLocalTimes } from '../src/times';

test('an instant in a platform text is shown in the zone and language of the visitor', () => {
  const text = 'Back on 2026-11-24T08:00:00Z. Leave your question.';
  const [before, time, after] = withLocalTimes(text, 'en', 'America/New_York');
  assert.equal(before, 'Back on ');
  assert.ok(typeof time === 'object');
  assert.equal(time.instant, '2026-11-24T08:00:00Z');
  assert.match(time.shown, /^Tuesday,? November 24 at 3:00\sAM$/);
  assert.equal(after, '. Leave your question.');
  const german = withLocalTimes(text, 'de', 'Europe/Berlin')[1];
  assert.match(typeof german === 'object' ? german.shown : '', /^Dienstag, 24\. November um 0?9:00$/);
});

test('offsets and fractions are instants, other digits are not', () => {
  const shown = (text: string): unknown[] => withLocalTimes(text, 'en', 'UTC').map((part) => (typeof part === 'string' ? part : part.instant));
  assert.deepEqual(shown('2026-11-24T08:00:00.250+02:00'), ['2026-11-24T08:00:00.250+02:00']);
  assert.deepEqual(shown('a 2026-11-24T08:00Z b 2026-11-25T08:00:00-05:30 c'), ['a ', '2026-11-24T08:00Z', ' b ', '2026-11-25T08:00:00-05:30', ' c']);
  for (const text of ['', '2026-11-24', '08:00', '2026-11-24 08:00:00Z', '2026-99-99T99:99:99Z', '2026-11-24T08:00:00']) assert.deepEqual(shown(text), text === '' ? [] : [text]);
});

test('what is read aloud has the same time', () => {
  assert.match(spokenText('Back on 2026-11-24T08:00:00Z.', 'en'), /^Back on \w+,? November 2[34] at \d+:00\s[AP]M\.$/);
});
