import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';

interface Generator {
  documentPath: string;
  schemaPath: string;
  schemaOf: (document: unknown) => Promise<string>;
  relevantPart: (document: unknown) => Promise<unknown>;
}

test('the types are those of openapi.json, and openapi.json holds what is called and no more', async () => {
  const root = process.env['GUILDHALL_WEB'] ?? process.cwd();
  const generator = (await import(pathToFileURL(join(root, 'packages/api/generate.mjs')).href)) as Generator;
  const document: unknown = JSON.parse(await readFile(generator.documentPath, 'utf8'));
  assert.equal(await readFile(generator.schemaPath, 'utf8'), await generator.schemaOf(document));
  assert.deepEqual(await generator.relevantPart({ ...(document as object) }), document);
});
