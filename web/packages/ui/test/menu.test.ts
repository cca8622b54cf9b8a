import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryAfter } from '../src/menu';

const labels = ['Light', 'Dark', 'English', 'Deutsch'];

test('arrows go round, Home and End go to the ends', () => {
  assert.equal(entryAfter('ArrowDown', 3, labels), 0);
  assert.equal(entryAfter('ArrowUp', 0, labels), 3);
  assert.equal(entryAfter('ArrowDown', -1, labels), 0);
  assert.equal(entryAfter('Home', 2, labels), 0);
  assert.equal(entryAfter('End', 2, labels), 3);
});

test('a letter leads to the next entry that begins with it, and other keys are not the menu’s', () => {
  assert.equal(entryAfter('d', 0, labels), 1);
  assert.equal(entryAfter('D', 1, labels), 3);
  assert.equal(entryAfter('d', 3, labels), 1);
  assert.equal(entryAfter('x', 0, labels), null);
  assert.equal(entryAfter('Enter', 0, labels), null);
  assert.equal(entryAfter('', 0, labels), null);
});
