import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeOf, isOn, numberOf, suggestionsOf, translationsOf } from '../src/options';

test('options become attributes in kebab case', () => {
  assert.deepEqual(attributeOf('widgetKey', 'pk_1'), ['widget-key', 'pk_1']);
  assert.deepEqual(attributeOf('zIndex', 5), ['z-index', '5']);
  assert.deepEqual(attributeOf('suggestions', ['a', 'b']), ['suggestions', '["a","b"]']);
  assert.deepEqual(attributeOf('autoOpen', false), ['auto-open', 'false']);
  assert.deepEqual(attributeOf('translations', { send: 'Go' }), ['translations', '{"send":"Go"}']);
  assert.equal(attributeOf('autoOpen', undefined), null);
});

test('no option can become an event handler or a style', () => {
  for (const name of ['onclick', 'onClick', 'style', 'class', '', '9x', 'a b']) assert.equal(attributeOf(name, 'x'), null, name);
});

test('suggestions are a JSON list or divided by bars, six at most', () => {
  assert.deepEqual(suggestionsOf('a| b ||c'), ['a', 'b', 'c']);
  assert.deepEqual(suggestionsOf('["x", 4, "y"]'), ['x', 'y']);
  assert.equal(suggestionsOf('1|2|3|4|5|6|7').length, 6);
  assert.deepEqual(suggestionsOf('[broken'), []);
  assert.deepEqual(suggestionsOf(null), []);
});

test('an attribute without a value is on', () => {
  assert.deepEqual(['', 'true', 'false', 'off', 'no', '0', null].map(isOn), [true, true, false, false, false, false, false]);
});

test('a number out of bounds is the default', () => {
  assert.deepEqual(['5', '0', '61', '-1', 'x', '', null].map((value) => numberOf(value, 0, 60, 7)), [5, 0, 7, 7, 7, 7, 7]);
});

test("the page's words are for every language, or for one", () => {
  assert.deepEqual(translationsOf('{"send":"Go","x":4}', 'de'), [{ send: 'Go' }]);
  assert.deepEqual(translationsOf('{"de":{"send":"Los"},"fr":{"send":"Va"},"stop":"Halt"}', 'de'), [{ send: 'Los' }, { stop: 'Halt' }]);
  for (const broken of [null, '', '[', '"x"', 'null', '7']) assert.deepEqual(translationsOf(broken, 'de'), [], String(broken));
});
