import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../src/failure';

test('the registry envelope gives code, message, request id and the first word on each field', () => {
  const failure = failureOf(422, { error: { code: 'validation_failed', message: 'the widget is not valid', details: { fields: { domains: ['name at least one host'] } }, request_id: 'r-1' } }, 'header', null);
  assert.equal(failure.code, 'validation_failed');
  assert.equal(failure.message, 'the widget is not valid');
  assert.deepEqual(failure.fields, { domains: 'name at least one host' });
  assert.equal(failure.requestId, 'r-1');
});

test("Waldur's two shapes are understood", () => {
  assert.equal(failureOf(404, { detail: 'Not found.' }, 'r-2', null).message, 'Not found.');
  const failure = failureOf(400, { offering: ['is required'], project: ['is required'] }, 'r-3', null);
  assert.deepEqual(failure.fields, { offering: 'is required', project: 'is required' });
  assert.equal(failure.requestId, 'r-3');
});

test('an answer that is no JSON object is a failure all the same', () => {
  for (const body of [undefined, '', 'Bad gateway', [], 17]) {
    const failure = failureOf(502, body, undefined, '30');
    assert.equal(failure.status, 502);
    assert.equal(failure.code, 'http_502');
    assert.equal(failure.retryAfterSeconds, 30);
  }
});
