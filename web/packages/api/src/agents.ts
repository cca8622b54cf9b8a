// A customer's subscriptions and everything below one of them.
import { answer, client } from './client';
import type { Access, AccessKey, AgentConfig, Chunk, Document, IssuedKey, KeyScope, Listing, Pair, Passage, Persona, PlanChange, RunAnswer, Source, Usage, Widget } from './shapes';

const at = (access: string) => ({ params: { path: { access } } });

export const accesses = () => answer<Listing<Access>>(client.GET('/api/v1/access', { params: { query: { page_size: 100 } } }));
export const access = (id: string) => answer<Access>(client.GET('/api/v1/access/{access}', at(id)));

export const config = (id: string) => answer<AgentConfig>(client.GET('/api/v1/access/{access}/config', at(id)));
/** The route takes any part of the configuration; the document has no schema for its body. */
export const saveConfig = (id: string, changes: Partial<Omit<AgentConfig, 'persona'>>) =>
  answer<AgentConfig>(client.PATCH('/api/v1/access/{access}/config', { ...at(id), body: changes as never }));
export const persona = (id: string) => answer<Persona>(client.GET('/api/v1/access/{access}/persona', at(id)));
export const savePersona = (id: string, changes: Partial<Persona>) => answer<Persona>(client.PATCH('/api/v1/access/{access}/persona', { ...at(id), body: changes as never }));

export const documents = (id: string) => answer<{ documents: Document[]; count: number }>(client.GET('/api/v1/access/{access}/documents', at(id)));
export const deleteDocument = (id: string, document: string) => answer<void>(client.DELETE('/api/v1/access/{access}/documents/{document}', { params: { path: { access: id, document } } }));
export function uploadDocument(id: string, file: File): Promise<Document> {
  const form = new FormData();
  form.append('file', file, file.name);
  return answer<Document>(client.POST('/api/v1/access/{access}/documents', { ...at(id), body: form as never, bodySerializer: (body: unknown) => body as FormData }));
}
export const retrain = (id: string) => answer<{ documents: number }>(client.POST('/api/v1/access/{access}/retrain', at(id)));

export const sources = (id: string) => answer<Listing<Source>>(client.GET('/api/v1/access/{access}/sources', { params: { path: { access: id }, query: { page_size: 100 } } }));
export const addSource = (id: string, body: { kind: Source['kind']; url: string; depth?: number; sync_frequency: Source['sync_frequency'] }) =>
  answer<Source>(client.POST('/api/v1/access/{access}/sources', { ...at(id), body }));
export const syncSource = (id: string, source: string, confirmRemoval: boolean) =>
  answer<Source>(client.POST('/api/v1/access/{access}/sources/{source}/sync', { params: { path: { access: id, source } }, body: confirmRemoval ? { confirm_removal: true } : {} }));
export const previewSource = (id: string, source: string) => answer<{ chunks: Chunk[] }>(client.GET('/api/v1/access/{access}/sources/{source}/preview', { params: { path: { access: id, source } } }));
export const deleteSource = (id: string, source: string) => answer<void>(client.DELETE('/api/v1/access/{access}/sources/{source}', { params: { path: { access: id, source } } }));

export const pairs = (id: string, search: string) =>
  answer<Listing<Pair>>(client.GET('/api/v1/access/{access}/qa', { params: { path: { access: id }, query: { page_size: 100, ...(search ? { search } : {}) } } }));
export interface PairDraft {
  question: string;
  answer: string;
  alternative_questions: string[];
}
export const addPair = (id: string, body: PairDraft) => answer<Pair>(client.POST('/api/v1/access/{access}/qa', { ...at(id), body }));
export const savePair = (id: string, pair: string, body: PairDraft) => answer<Pair>(client.PATCH('/api/v1/access/{access}/qa/{pair}', { params: { path: { access: id, pair } }, body }));
export const deletePair = (id: string, pair: string) => answer<void>(client.DELETE('/api/v1/access/{access}/qa/{pair}', { params: { path: { access: id, pair } } }));

export interface Turn {
  role: 'user' | 'assistant';
  text: string;
}
export const tryAgent = (id: string, message: string, history: Turn[]) => answer<RunAnswer>(client.POST('/api/v1/access/{access}/try', { ...at(id), body: { message, history } }));
export const retrieve = (id: string, query: string) => answer<{ records: Passage[]; language: string }>(client.POST('/api/v1/access/{access}/retrieve', { ...at(id), body: { query, top_k: 8 } }));

export const widgets = (id: string) => answer<Listing<Widget>>(client.GET('/api/v1/access/{access}/widgets', at(id)));
export type WidgetDraft = Pick<Widget, 'name' | 'position' | 'theme' | 'primary_color' | 'domains'>;
export const addWidget = (id: string, body: WidgetDraft) => answer<Widget>(client.POST('/api/v1/access/{access}/widgets', { ...at(id), body }));
export const saveWidget = (id: string, widget: string, body: Partial<WidgetDraft> & { is_active?: boolean }) =>
  answer<Widget>(client.PATCH('/api/v1/access/{access}/widgets/{widget}', { params: { path: { access: id, widget } }, body }));
export const deleteWidget = (id: string, widget: string) => answer<void>(client.DELETE('/api/v1/access/{access}/widgets/{widget}', { params: { path: { access: id, widget } } }));

export const keys = (id: string) => answer<Listing<AccessKey>>(client.GET('/api/v1/access/{access}/keys', at(id)));
export const addKey = (id: string, body: { name: string; scopes: KeyScope[] }) => answer<IssuedKey>(client.POST('/api/v1/access/{access}/keys', { ...at(id), body }));
export const claimKey = (id: string, key: string) => answer<IssuedKey>(client.POST('/api/v1/access/{access}/keys/{key}/claim', { params: { path: { access: id, key } } }));
export const rotateKey = (id: string, key: string) => answer<IssuedKey>(client.POST('/api/v1/access/{access}/keys/{key}/rotate', { params: { path: { access: id, key } }, body: { overlap_seconds: 86400 } }));
export const revokeKey = (id: string, key: string) => answer<void>(client.DELETE('/api/v1/access/{access}/keys/{key}', { params: { path: { access: id, key } } }));

export const usage = (id: string, period: string) => answer<Usage>(client.GET('/api/v1/access/{access}/usage', { params: { path: { access: id }, query: { period } } }));

export const changePlan = (id: string, plan: string) => answer<PlanChange>(client.POST('/api/v1/access/{access}/change-plan', { ...at(id), body: { plan } }));
export const dropPendingPlan = (id: string) => answer<void>(client.DELETE('/api/v1/access/{access}/pending-plan', at(id)));
export const cancelAccess = (id: string, when: 'now' | 'period_end') => answer<{ end_date: string | null }>(client.POST('/api/v1/access/{access}/cancel', { ...at(id), body: { when } }));
