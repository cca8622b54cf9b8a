import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, type Command } from '../src/shell/palette_commands';

const command = (label: string, kind = 'Page'): Command => ({ id: label, kind, label, run: () => undefined });
const commands = [command('My agents'), command('Shop assistant › Usage', 'Agent'), command('Überblick'), command('Theme: Dark', 'Setting'), command('Sharing')];
const found = (typed: string): string[] => matching(commands, typed).map((one) => one.label);

test('every typed word begins a word of the label or of its kind', () => {
  assert.deepEqual(found('us'), ['Shop assistant › Usage']);
  assert.deepEqual(found('agent us'), ['Shop assistant › Usage']);
  assert.deepEqual(found('dark'), ['Theme: Dark']);
  assert.deepEqual(found('gent'), []);
});

test('case and accents do not matter', () => {
  assert.deepEqual(found('uberb'), ['Überblick']);
  assert.deepEqual(found('ÜBER'), ['Überblick']);
});

test('what begins with the typed letters comes first', () => {
  assert.deepEqual(found('sh'), ['Sharing', 'Shop assistant › Usage']);
});
