import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uploadsAfter, type Upload } from '../src/customer/knowledge/upload_list';

const upload = (key: number): Upload => ({ key, file: new File(['x'], `${key}.txt`), state: 'waiting', failure: null });

test('a file that arrived leaves the list, a refused one stays with its reason until it is dismissed or sent again', () => {
  let list = uploadsAfter([], { type: 'add', uploads: [upload(1), upload(2)] });
  list = uploadsAfter(list, { type: 'send', key: 1 });
  assert.deepEqual(list.map((one) => one.state), ['sending', 'waiting']);
  list = uploadsAfter(list, { type: 'sent', key: 1 });
  list = uploadsAfter(list, { type: 'fail', key: 2, failure: new Error('no') });
  assert.deepEqual(list.map((one) => [one.key, one.state, (one.failure as Error).message]), [[2, 'failed', 'no']]);
  list = uploadsAfter(list, { type: 'send', key: 2 });
  assert.equal(list[0]?.failure, null);
  assert.deepEqual(uploadsAfter(list, { type: 'sent', key: 2 }), []);
});
