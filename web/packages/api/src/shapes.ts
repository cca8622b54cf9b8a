// The objects of contracts/registry.md §§2, 8 and contracts/cmp.md §4 as pages read them.

export interface Listing<Row> {
  count: number;
  results: Row[];
}

export interface Person {
  id: string;
  username: string;
  full_name: string;
  email: string;
  is_staff: boolean;
}

export interface Organization {
  uuid: string;
  name: string;
  email: string;
  country: string;
  is_service_provider: boolean;
  users_count: number;
}

export interface Project {
  uuid: string;
  name: string;
  customer_uuid: string;
}

export interface Category {
  uuid: string;
  title: string;
  description: string;
  available_offerings_count: number;
}

export interface PlanTerms {
  slug: string;
  price_cents: number;
  currency: string;
  billing_period: 'monthly' | 'yearly';
  billable_unit: string;
  monthly_quota: number | null;
  rate_limit_per_second: string;
  overage_mode: 'block' | 'bill';
  overage_price: string;
  features: string[];
  custom_pricing: boolean;
}

export interface OfferedPlan {
  uuid: string;
  url: string;
  name: string;
  description: string;
  unit_price: string;
  terms: PlanTerms;
  is_active: boolean;
}

export interface Offering {
  uuid: string;
  url: string;
  slug: string;
  name: string;
  description: string;
  full_description: string;
  created: string;
  customer_uuid: string;
  customer_name: string;
  category_uuid: string;
  category_title: string;
  state: 'Draft' | 'Active' | 'Paused' | 'Archived';
  attributes: { tags?: string[]; capabilities?: string[]; supported_languages?: string[] };
  plans: OfferedPlan[];
  terms_of_service: string;
}

export interface Order {
  uuid: string;
  state: string;
  cost: string;
  marketplace_resource_uuid: string;
  resource_name: string;
  error_message: string;
}

export interface Resource {
  uuid: string;
  offering_uuid: string;
  state: string;
  error_message: string;
}

export interface Invoice {
  uuid: string;
  number: number;
  price: string;
  tax: string;
  total: string;
  state: string;
  year: number;
  month: number;
  invoice_date: string | null;
  due_date: string | null;
  items: { uuid: string; name: string; total: string; quantity: string; unit: string; unit_price: string; measured_unit: string; start: string; end: string; resource_uuid: string }[];
}

export interface Plan extends PlanTerms {
  id: string;
  name: string;
  description: string;
}

export interface Access {
  id: string;
  name: string;
  organization_id: string;
  project_id: string;
  plan: Plan;
  agent: { id: string; agent_id: string; name: string; state: string };
  state: 'CREATING' | 'OK' | 'UPDATING' | 'TERMINATING' | 'TERMINATED' | 'ERRED';
  status: 'pending' | 'active' | 'cancelled' | 'error';
  key_prefix: string;
  quota_limit: number | null;
  quota_used: number;
  quota_exceeded: boolean;
  quota_reset_at: string;
  rate_limit_per_second: string;
  pending_plan_id: string | null;
  version: string;
  expires_at: string | null;
  created_at: string;
}

export const tones = ['professional', 'friendly', 'casual', 'formal'] as const;
export type Tone = (typeof tones)[number];

export interface Persona {
  agent_name: string;
  greeting_message: string;
  tone: Tone;
  avatar_type: 'EMOJI' | 'URL' | 'UPLOAD';
  avatar_emoji: string;
  avatar_url: string;
  primary_color: string;
  language: string;
}

export interface AgentConfig {
  persona: Persona;
  strict_mode: boolean;
  share_with_provider: boolean;
  rag_enabled: boolean;
  rag_chunk_size: number;
  rag_chunk_overlap: number;
}

export interface Document {
  id: string;
  filename: string;
  title: string;
  source: 'file' | 'url' | 'qa';
  source_id: string | null;
  url: string;
  status: 'PENDING' | 'PROCESSING' | 'INDEXED' | 'FAILED';
  language: string;
  chunks: number;
  size: number;
  error: { code: string; message: string } | null;
  uploaded_at: string;
}

export interface Source {
  id: string;
  kind: 'url' | 'sitemap';
  name: string;
  url: string;
  depth: number | null;
  sync_frequency: 'manual' | 'hourly' | 'daily' | 'weekly';
  status: 'PENDING' | 'SYNCING' | 'SYNCED' | 'WAITING' | 'FAILED';
  error: { code: string; message: string } | null;
  documents: { pending: number; processing: number; indexed: number; failed: number; total: number };
  last_synced_at: string | null;
  next_sync_at: string | null;
  stale: boolean;
}

/** A passage a page would become. */
export interface Chunk {
  text: string;
  heading_path: string[];
  language: string;
}

export interface Pair {
  id: string;
  question: string;
  answer: string;
  alternative_questions: string[];
  language: string;
  status: Document['status'];
  hits: number;
  last_hit_at: string | null;
}

export interface Citation {
  n: number;
  document_id: string;
  title: string;
  page: number | null;
  url: string | null;
  heading_path: string[];
  quote: string;
  language: string;
}

export interface RunAnswer {
  response: string;
  message_id: string;
  request_id: string;
  version: string;
  citations: Citation[];
  usage: { total_tokens: number; elapsed_ms: number };
  metadata: { confidence: number; outcome: 'answer' | 'clarification' | 'refused' | 'greeting' | 'handover' | 'error'; language: string };
}

export interface Passage {
  content: string;
  score: number;
  title: string;
  metadata: { document_id: string; heading_path: string[]; url: string; page: number | null; language: string };
}

export interface Widget {
  id: string;
  key: string;
  name: string;
  position: 'bottom-right' | 'bottom-left';
  theme: 'light' | 'dark' | 'auto';
  primary_color: string;
  domains: string[];
  is_active: boolean;
  script_url: string;
  embed_code: string;
}

export const keyScopes = ['chat', 'query', 'read', 'config'] as const;
export type KeyScope = (typeof keyScopes)[number];

export interface AccessKey {
  id: string;
  name: string;
  key_prefix: string;
  scopes: KeyScope[];
  status: 'UNCLAIMED' | 'ACTIVE' | 'EXPIRED' | 'REVOKED';
  expires_at: string | null;
  last_used_at: string | null;
  total_requests: number;
  created_at: string;
}

export interface IssuedKey extends AccessKey {
  api_key: string;
}

export interface QuestionSet {
  id: string;
  name: string;
  revision: number;
  cases: number;
  updated_at: string;
}

export interface Scores {
  cases: number;
  passed: number;
  errors: number;
  hit_at_5: number | null;
  citation_precision: number | null;
  refusal_recall: number | null;
  answered_when_answerable: number | null;
  language_match: number | null;
  latency_ms_p50: number | null;
}

export interface Evaluation {
  id: string;
  state: 'QUEUED' | 'RUNNING' | 'DONE' | 'CANCELLED' | 'FAILED';
  version: string;
  revision: number;
  progress: { done: number; cases: number };
  error: string | null;
  created_at: string;
  finished_at: string | null;
  report: { total: Scores; by_language: Record<string, Scores> } | null;
}

export interface CaseResult {
  id: string;
  passed: boolean;
  question: string;
  language: string;
  expect: 'answer' | 'refuse' | 'handover';
  failures: string[];
  outcome: string;
  answer: string;
}

export interface UsageDay {
  date: string;
  api_calls: number;
  failed: number;
  tokens: { input: number; output: number };
  cost_cents: string;
}

export interface Usage {
  period: string;
  quota: number | null;
  used: number;
  remaining: number | null;
  api_calls: number;
  tokens: { input: number; output: number };
  successful: number;
  failed: number;
  avg_response_time_ms: number;
  p95_response_time_ms: number;
  cost_cents: string;
  currency: string;
  by_day: UsageDay[];
}

export interface PlanChange {
  order_uuid: string;
  direction: 'upgrade' | 'downgrade';
  effective_at: string;
}
