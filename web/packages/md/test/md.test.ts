import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMarkdown, safeUrl, type Inline } from '../src/index';

const text = (t: string): Inline => ({ kind: 'text', text: t });
const inlines = (source: string): Inline[] => {
  const [block] = parseMarkdown(source);
  assert.ok(block && block.kind === 'paragraph');
  return block.children;
};

test('paragraphs are parted by blank lines and keep their line breaks', () => {
  assert.deepEqual(parseMarkdown('one\ntwo\n\nthree'), [
    { kind: 'paragraph', children: [text('one'), { kind: 'break' }, text('two')] },
    { kind: 'paragraph', children: [text('three')] },
  ]);
});

test('lists gather their items, keep the number they start with and take indented lines', () => {
  assert.deepEqual(parseMarkdown('- a\n- b\n  more\n3. x\n4. y'), [
    { kind: 'list', ordered: false, start: 1, items: [[text('a')], [text('b'), { kind: 'break' }, text('more')]] },
    { kind: 'list', ordered: true, start: 3, items: [[text('x')], [text('y')]] },
  ]);
});

test('rows between bars are a table, with or without a rule; a single row, or one without its bars, is text', () => {
  const table = {
    kind: 'table',
    header: [[text('Paid with')], [text('Back after')]],
    rows: [
      [[text('PayPal')], [text('1 '), { kind: 'strong', children: [text('day')] }]],
      [[text('a|b')], [text('2')]],
    ],
  };
  const rows = '| PayPal | 1 **day** |\n| a\\|b | 2 |';
  assert.deepEqual(parseMarkdown(`| Paid with | Back after |\n${rows}\nafter`), [table, { kind: 'paragraph', children: [text('after')] }]);
  assert.deepEqual(parseMarkdown(`| Paid with | Back after |\n|---|:--:|\n${rows}`), [table]);
  assert.equal(parseMarkdown('| one |')[0]?.kind, 'paragraph');
  assert.equal(parseMarkdown('| a\n| b')[0]?.kind, 'paragraph');
  assert.equal(parseMarkdown('|---|\n|---|')[0]?.kind, 'paragraph');
});

test('bold, italic, code and citations are inlines', () => {
  assert.deepEqual(inlines('Open **My *own* account** and `a*b*` it_is_fine [2].'), [
    text('Open '),
    { kind: 'strong', children: [text('My '), { kind: 'emphasis', children: [text('own')] }, text(' account')] },
    text(' and '),
    { kind: 'code', text: 'a*b*' },
    text(' it_is_fine '),
    { kind: 'citation', n: 2 },
    text('.'),
  ]);
});

test('links show their host and lead only to the web', () => {
  assert.deepEqual(inlines('See [help](https://shop.example/a) or https://x.example/y.'), [
    text('See '),
    { kind: 'link', url: 'https://shop.example/a', host: 'shop.example', children: [text('help')] },
    text(' or '),
    { kind: 'link', url: 'https://x.example/y', host: 'x.example', children: [text('https://x.example/y')] },
    text('.'),
  ]);
  for (const hostile of ['javascript:alert(1)', 'data:text/html,x', 'https://user:pw@evil.example/', '//evil.example', 'vbscript:x'])
    assert.equal(safeUrl(hostile), null, hostile);
  assert.deepEqual(inlines('[click](javascript:alert)'), [text('[click](javascript:alert)')]);
});

test('HTML stays text', () => {
  assert.deepEqual(inlines('<img src=x onerror=alert(1)>'), [text('<img src=x onerror=alert(1)>')]);
});

test('images are not loaded: the mark stays and the address is an ordinary link', () => {
  const kinds = inlines('![x](https://evil.example/p.png)').map((inline) => inline.kind);
  assert.deepEqual(kinds, ['text', 'link']);
});

test('a fence that never ends takes the rest, unclosed marks stay text', () => {
  assert.deepEqual(parseMarkdown('```sh\nls **x**\n'), [{ kind: 'code', text: 'ls **x**\n' }]);
  assert.deepEqual(inlines('2 * 3 ** 4 and **open'), [text('2 * 3 ** 4 and **open')]);
});

test('long hostile input is read in linear time', () => {
  const began = performance.now();
  for (const piece of ['*', '**a', '[', '[a](', '`', '_a', '> ', '- ', '[1]']) parseMarkdown(piece.repeat(20_000));
  assert.ok(performance.now() - began < 5_000);
});
