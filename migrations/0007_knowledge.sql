-- Knowledge bases, their documents and the chunks that are found and cited.

CREATE TABLE knowledge_base (
  organization_id UUID NOT NULL,
  id UUID NOT NULL,
  subscription_id UUID,
  name TEXT,
  snapshot BIGINT NOT NULL,
  chunk_size BIGINT NOT NULL,
  chunk_overlap BIGINT NOT NULL,
  created_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, subscription_id),
  UNIQUE (organization_id, name)
);

-- revision rises when the document is to be indexed again, so that work begun before that is not taken for it.
CREATE TABLE knowledge_document (
  organization_id UUID NOT NULL,
  id UUID NOT NULL,
  base_id UUID NOT NULL,
  source TEXT NOT NULL,
  filename TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  content_type TEXT NOT NULL,
  language TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  blob_sha256 TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  chunks BIGINT NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  uploaded_at TIMESTAMP_US NOT NULL,
  PRIMARY KEY (organization_id, id)
);
CREATE INDEX knowledge_document_of_base ON knowledge_document (organization_id, base_id, uploaded_at, id);
CREATE INDEX knowledge_document_of_blob ON knowledge_document (organization_id, blob_sha256);

-- terms holds the counted terms by the analysers of version analyser.
CREATE TABLE knowledge_chunk (
  organization_id UUID NOT NULL,
  base_id UUID NOT NULL,
  document_id UUID NOT NULL,
  ordinal BIGINT NOT NULL,
  id UUID NOT NULL,
  section BIGINT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  heading_path JSON_TEXT NOT NULL,
  anchor TEXT NOT NULL,
  page BIGINT,
  char_begin BIGINT NOT NULL,
  char_end BIGINT NOT NULL,
  overlap_bytes BIGINT NOT NULL,
  tokens BIGINT NOT NULL,
  language TEXT NOT NULL,
  question TEXT NOT NULL,
  text TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  uploaded_at TIMESTAMP_US NOT NULL,
  analyser BIGINT NOT NULL,
  terms BYTES NOT NULL,
  PRIMARY KEY (organization_id, base_id, document_id, ordinal)
);
CREATE INDEX knowledge_chunk_by_id ON knowledge_chunk (organization_id, id);
