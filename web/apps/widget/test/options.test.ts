import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeOf, isOn, suggestionsOf } from '../src/options';

test('options become attributes in kebab case', () => {
  assert.deepEqual(attributeOf('widgetKey', 'pk_1'), ['widget-key', 'pk_1']);
  assert.deepEqual(attributeOf('zIndex', 5), ['z-index', '5']);
  assert.deepEqual(attributeOf('suggestions', ['a', 'b']), ['suggestions', '["a","b"]']);
  assert.equal(attributeOf('autoOpen', false), null);
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
  assert.deepEqual(['', 'true', 'false', 'off', null].map(isOn), [true, true, false, false, false]);
});
