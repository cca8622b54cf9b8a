// Question sets of a subscription and what its agent makes of them.
import { answer, client } from './client';
import type { CaseResult, Evaluation, Listing, QuestionSet } from './shapes';

export const sets = (access: string) => answer<Listing<QuestionSet>>(client.GET('/api/v1/access/{access}/evaluation/sets', { params: { path: { access } } }));
export const addSet = (access: string, name: string) => answer<QuestionSet>(client.POST('/api/v1/access/{access}/evaluation/sets', { params: { path: { access } }, body: { name } }));
export const deleteSet = (access: string, set: string) => answer<void>(client.DELETE('/api/v1/access/{access}/evaluation/sets/{set}', { params: { path: { access, set } } }));

export interface NewCase {
  question: string;
  expect: 'answer' | 'refuse';
  must_contain: string[];
}
export interface CasesChanged {
  added: number;
  changed: number;
  cases: number;
}
export const addCase = (access: string, set: string, body: NewCase) =>
  answer<CasesChanged>(client.POST('/api/v1/access/{access}/evaluation/sets/{set}/cases', { params: { path: { access, set } }, body: body as never }));
/** A CSV or JSON-lines file of cases, added to what is there. */
export function importCases(access: string, set: string, file: File): Promise<CasesChanged> {
  const form = new FormData();
  form.append('file', file, file.name);
  return answer<CasesChanged>(client.POST('/api/v1/access/{access}/evaluation/sets/{set}/cases', { params: { path: { access, set } }, body: form as never, bodySerializer: (body: unknown) => body as FormData }));
}
export const casesFromDocuments = (access: string, set: string, limit: number) =>
  answer<CasesChanged>(client.POST('/api/v1/access/{access}/evaluation/sets/{set}/cases/from-documents', { params: { path: { access, set } }, body: { limit } }));

export const runs = (access: string, set: string) => answer<Listing<Evaluation>>(client.GET('/api/v1/access/{access}/evaluation/sets/{set}/runs', { params: { path: { access, set } } }));
export const start = (access: string, set: string) => answer<Evaluation>(client.POST('/api/v1/access/{access}/evaluation/sets/{set}/runs', { params: { path: { access, set } }, body: {} }));
export const cancel = (access: string, run: string) => answer<Evaluation>(client.POST('/api/v1/access/{access}/evaluation/runs/{run}/cancel', { params: { path: { access, run } } }));
export const failedCases = (access: string, run: string) =>
  answer<Listing<CaseResult>>(client.GET('/api/v1/access/{access}/evaluation/runs/{run}/results', { params: { path: { access, run }, query: { failed: 'true', page_size: 50 } as never } }));
