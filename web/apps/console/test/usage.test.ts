import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from '../src/customer/usage/csv';
import { forecastOf, recentMonths } from '../src/customer/usage/months';
import { isUpgrade, type PlanSize } from '../src/customer/agent/plan_order';
import { formatFor } from '../src/shell/format';

test('months are UTC, the running one first, across a year', () => {
  assert.deepEqual(recentMonths(new Date('2027-02-01T00:30:00Z')), ['2027-02', '2027-01', '2026-12', '2026-11', '2026-10', '2026-09']);
});

test('a forecast spreads what was used over the month and is never less than it', () => {
  assert.equal(forecastOf(100, new Date('2026-11-16T00:00:00Z')), 200);
  assert.equal(forecastOf(100, new Date('2026-11-01T00:00:00Z')), 100);
  assert.equal(forecastOf(7, new Date('2026-11-30T23:59:59Z')), 7);
});

test('a plan is an upgrade when it is dearer, or as dear with at least as many questions (contracts/registry.md §11)', () => {
  const plan = (price_cents: number, monthly_quota: number | null, custom_pricing = false): PlanSize => ({ price_cents, monthly_quota, custom_pricing });
  assert.ok(isUpgrade(plan(0, 100), plan(2900, 1000)));
  assert.ok(isUpgrade(plan(2900, 1000), plan(2900, null)));
  assert.ok(isUpgrade(plan(9900, 10_000), plan(0, null, true)));
  assert.ok(!isUpgrade(plan(9900, 10_000), plan(2900, 1000)));
  assert.ok(!isUpgrade(plan(2900, null), plan(2900, 1000)));
});

test('a month of usage is a file with a row a day', () => {
  assert.equal(
    csvOf([{ date: '2026-11-23', api_calls: 3, failed: 1, tokens: { input: 10, output: 20 }, cost_cents: '0.00' }]),
    'date,calls,failed,input_tokens,output_tokens,cost_cents\r\n2026-11-23,3,1,10,20,0.00\r\n',
  );
});

test('money, times and sizes follow the language, with Latin digits', () => {
  const now = () => Date.parse('2026-11-23T12:00:00Z');
  const [en, de, ar] = [formatFor('en', now), formatFor('de', now), formatFor('ar', now)];
  assert.equal(en.cents(2900, 'EUR'), '€29');
  assert.equal(en.cents('2950', 'EUR'), '€29.50');
  assert.equal(de.cents(2900, 'EUR').replace(/\s/, ' '), '29 €');
  assert.match(ar.cents(2900, 'EUR'), /29/);
  assert.equal(en.relative('2026-11-23T11:58:00Z'), '2 minutes ago');
  assert.equal(de.relative('2026-11-22T12:00:00Z'), 'gestern');
  assert.equal(en.relative('2026-11-23T12:00:05Z'), 'now');
  assert.equal(en.bytes(0), '0B');
  assert.equal(en.bytes(2310), '2.3kB');
  assert.equal(en.languageName('und'), '–');
  assert.equal(de.languageName('es'), 'Spanisch');
});
