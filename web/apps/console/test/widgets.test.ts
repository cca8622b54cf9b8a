import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf, hostsOf, platforms, snippetFor } from '../src/customer/widgets/snippets';
import { inkOn, isColor } from '../src/customer/colors';

test('a pasted address becomes its host, a pattern stays, nonsense is left to the server', () => {
  assert.equal(hostOf('https://Shop.Example/path?q=1'), 'shop.example');
  assert.equal(hostOf('localhost:5173'), 'localhost');
  assert.equal(hostOf('*.example.com'), '*.example.com');
  assert.equal(hostOf('not a host'), 'not a host');
});

test('hosts are told apart by lines, commas and spaces, each once', () => {
  assert.deepEqual(hostsOf('a.example\nhttps://a.example/, b.example;c.example  '), ['a.example', 'b.example', 'c.example']);
  assert.deepEqual(hostsOf(' \n '), []);
});

test('every snippet carries the real address and key', () => {
  for (const platform of platforms) {
    const snippet = snippetFor(platform, { key: 'pk_0123456789abcdef', script_url: 'https://agents.example/widget/v1/loader.js' });
    assert.ok(snippet.includes('pk_0123456789abcdef'), platform);
    assert.ok(snippet.includes('https://agents.example/widget/v1/loader.js'), platform);
  }
});

test('a key with a quote cannot leave its place in a snippet', () => {
  const snippet = snippetFor('react', { key: "pk_'); alert('", script_url: 'https://x.example/l.js' });
  assert.ok(snippet.includes("pk_\\'); alert(\\'"));
});

test('the ink on a colour is the one that can be read', () => {
  assert.equal(inkOn('#000000'), '#ffffff');
  assert.equal(inkOn('#ffffff'), '#000000');
  assert.equal(inkOn('#ffe600'), '#000000');
  assert.equal(inkOn('#0f766e'), '#ffffff');
  assert.ok(isColor('#0f766e') && !isColor('#0f7') && !isColor('0f766e') && !isColor('#0f766eaa'));
});
