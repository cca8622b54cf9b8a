-- Sources of knowledge that are fetched and fetched again, their pages and syncs, and what question–answer pairs have of their own.

-- The source a document was fetched by; null for uploads and pairs. A document that has not been fetched yet has no blob.
ALTER TABLE knowledge_document ADD COLUMN source_id UUID;
CREATE INDEX knowledge_document_of_source ON knowledge_document (organization_id, source_id);

-- depth is null for one page and for a sitemap; chunk_size and chunk_overlap are null where the base's count. sync_number rises
-- with every sync and step with every fetch of it, so that work of an older one is not taken for this one's.
CREATE TABLE knowledge_source (
  organization_id UUID NOT NULL,
  id UUID NOT NULL,
  base_id UUID NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  depth BIGINT,
  include_globs JSON_TEXT NOT NULL,
  exclude_globs JSON_TEXT NOT NULL,
  sync_frequency TEXT NOT NULL,
  chunk_size BIGINT,
  chunk_overlap BIGINT,
  state TEXT NOT NULL,
  sync_number BIGINT NOT NULL,
  step BIGINT NOT NULL,
  stepped_at TIMESTAMP_US NOT NULL,
  robots TEXT NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  last_synced_at TIMESTAMP_US,
  next_sync_at TIMESTAMP_US,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX knowledge_source_of_base ON knowledge_source (organization_id, base_id, created_at, id);
CREATE INDEX knowledge_source_due ON knowledge_source (next_sync_at);

-- What a source has met: pages, and with another role the files that lead to them. sync_number is the last sync that met it,
-- outcome how that went ('queued' until then); missing counts the syncs in a row that did not find the page.
CREATE TABLE knowledge_page (
  organization_id UUID NOT NULL,
  source_id UUID NOT NULL,
  url TEXT NOT NULL,
  role TEXT NOT NULL,
  depth BIGINT NOT NULL,
  hops BIGINT NOT NULL,
  retries BIGINT NOT NULL,
  sync_number BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  missing BIGINT NOT NULL,
  is_unwanted BOOLEAN NOT NULL,
  document_id UUID,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  fetched_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, source_id, url)
);
CREATE INDEX knowledge_page_in_turn ON knowledge_page (organization_id, source_id, outcome, depth);
CREATE INDEX knowledge_page_of_document ON knowledge_page (organization_id, document_id);

-- One sync and what it found. entries is the report as it stood at the end.
CREATE TABLE knowledge_sync (
  organization_id UUID NOT NULL,
  source_id UUID NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  is_truncated BOOLEAN NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  entries JSON_TEXT NOT NULL,
  started_at TIMESTAMP_US NOT NULL,
  finished_at TIMESTAMP_US,
  PRIMARY KEY (organization_id, source_id, number)
);

-- When a host may be asked again, by whomever: politeness is owed to the host, so this is of no organization.
CREATE TABLE crawled_host (
  host TEXT NOT NULL PRIMARY KEY,
  next_at TIMESTAMP_US NOT NULL
);

-- The pair behind a document whose source is 'qa'.
CREATE TABLE knowledge_pair (
  organization_id UUID NOT NULL,
  document_id UUID NOT NULL,
  base_id UUID NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  alternative_questions JSON_TEXT NOT NULL,
  language TEXT NOT NULL,
  valid_from TIMESTAMP_US,
  valid_until TIMESTAMP_US,
  hits BIGINT NOT NULL,
  last_hit_at TIMESTAMP_US,
  created_at TIMESTAMP_US NOT NULL,
  updated_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, document_id)
);
CREATE INDEX knowledge_pair_of_base ON knowledge_pair (organization_id, base_id, created_at, document_id);

INSERT INTO knowledge_pair (organization_id, document_id, base_id, question, answer, alternative_questions, language, valid_from,
                            valid_until, hits, last_hit_at, created_at, updated_at)
SELECT d.organization_id, d.id, d.base_id, c.question, c.text, '[]', d.language, NULL, NULL, 0, NULL, d.uploaded_at, d.uploaded_at
FROM knowledge_document d
JOIN knowledge_chunk c ON c.organization_id = d.organization_id AND c.base_id = d.base_id AND c.document_id = d.id
WHERE d.source = 'qa' AND c.ordinal = 0;
