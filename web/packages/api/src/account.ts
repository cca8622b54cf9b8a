// Who one is, and the organizations one works for.
import { answer, client, listAnswer } from './client';
import type { Organization, Person, Project } from './shapes';

/** Null for a visitor. */
export const currentPerson = async () => (await answer<{ person: Person | null }>(client.GET('/api/v1/session'))).person;

export const signIn = (username: string, password: string) => answer<{ account: string; expires_at: string }>(client.POST('/api/v1/session', { body: { username, password } }));
export const signUp = (body: { email: string; password: string; full_name: string }) => answer<{ id: string }>(client.POST('/api/v1/accounts', { body }));
export const signOut = () => answer<void>(client.DELETE('/api/v1/session'));

export const organizations = () => listAnswer<Organization>(client.GET('/api/customers'));
export const createOrganization = (name: string) => answer<Organization>(client.POST('/api/customers', { body: { name } }));
export const projects = () => listAnswer<Project>(client.GET('/api/projects'));
export const createProject = (name: string, organization: string) => answer<Project>(client.POST('/api/projects', { body: { name, customer: organization } }));
export const renameOrganization = (uuid: string, name: string) => answer<Organization>(client.PATCH('/api/customers/{uuid}', { params: { path: { uuid } }, body: { name } }));
