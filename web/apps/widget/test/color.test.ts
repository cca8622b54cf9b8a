import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast, hex, parseColor, readableOn, textOn } from '../src/color';

const samples = ['#000000', '#ffffff', '#2563eb', '#ffff00', '#777777', '#ff0000', '#1b4332', '#eeeeee'];

test('text on any colour and any colour as text has a contrast of 4.5', () => {
  for (const sample of samples) {
    const color = parseColor(sample);
    assert.ok(color);
    const on = parseColor(textOn(color));
    assert.ok(on && contrast(color, on) >= 4.5, sample);
    for (const background of [[243, 244, 247], [34, 38, 46]] as const) assert.ok(contrast(readableOn(color, background), background) >= 4.5, sample);
  }
});

test('a colour that can be read is kept as it is', () => {
  const blue = parseColor('#1d4ed8');
  assert.ok(blue);
  assert.equal(hex(readableOn(blue, [255, 255, 255])), '#1d4ed8');
});

test('only #rrggbb is a colour', () => {
  for (const text of ['', 'red', '#fff', '#12345', 'url(x)', '#12345g', '#1234567']) assert.equal(parseColor(text), null, text);
});
