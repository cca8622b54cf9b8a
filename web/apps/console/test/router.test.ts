import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashed } from '../src/marketplace/uuid';
import { isOwnPath } from '../src/shell/own_path';

test('after signing in one goes to a path of this site and nowhere else', () => {
  for (const path of ['/', '/console', '/marketplace/x?q=1#top']) assert.ok(isOwnPath(path), path);
  for (const path of ['', '//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '\t//evil.example', '/\t/evil.example', '/\n/evil.example']) assert.ok(!isOwnPath(path), path);
});

test("Waldur's 32 digits become the registry's form", () => {
  assert.equal(dashed('66df32e2506b4659a086a98f3d75c2e1'), '66df32e2-506b-4659-a086-a98f3d75c2e1');
});
