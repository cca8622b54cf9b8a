// From a click to an agent that answers: account, organization and project are made on the way when they are missing.
import { account, agents, ApiFailure, market, type Access, type OfferedPlan, type Offering } from '@guildhall/api';
import { openSession, type Credentials, type CredentialsMode } from '../shell/credentials_form';
import { dashed } from './uuid';

const POLL_MS = 500;
const READY_WITHIN_MS = 60_000;

export type OrderStep = 'account' | 'organization' | 'order' | 'agent';

export interface Wish {
  offering: Offering;
  plan: OfferedPlan;
  /** Null for somebody who is signed in. */
  credentials: { mode: CredentialsMode; values: Credentials } | null;
  /** Of a new customer; empty leaves the name the account gave it. */
  organizationName: string;
  /** The organization in view; empty takes the first. */
  organization: string;
  agentName: string;
  idempotencyKey: string;
  onStep: (step: OrderStep) => void;
  onSignedIn: () => Promise<void>;
}

async function projectOf(wish: Wish): Promise<string> {
  const { rows: known } = await account.organizations();
  const found = known.find((one) => one.uuid === wish.organization) ?? known[0];
  const organization = found ?? (await account.createOrganization(wish.organizationName || wish.agentName));
  const isNew = wish.credentials?.mode === 'sign-up';
  if (found && isNew && wish.organizationName) await account.renameOrganization(organization.uuid, wish.organizationName);
  const { rows } = await account.projects();
  const project = rows.find((one) => one.customer_uuid === organization.uuid) ?? (await account.createProject('Default', organization.uuid));
  return project.uuid;
}

async function ready(id: string): Promise<Access> {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const access = await agents.access(id).catch((error: unknown) => {
      // Right after the order the subscription may not be there yet.
      if (error instanceof ApiFailure && error.status === 404) return null;
      throw error;
    });
    if (access && access.state !== 'CREATING') return access;
    if (Date.now() > until) throw new ApiFailure(0, 'not_ready', '');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export async function placeOrder(wish: Wish): Promise<Access> {
  if (wish.credentials) {
    wish.onStep('account');
    await openSession(wish.credentials.mode, wish.credentials.values);
    await wish.onSignedIn();
  }
  wish.onStep('organization');
  const project = await projectOf(wish);
  wish.onStep('order');
  const order = await market.placeOrder({ offering: wish.offering.uuid, plan: wish.plan.uuid, project, name: wish.agentName }, wish.idempotencyKey);
  wish.onStep('agent');
  return ready(dashed(order.marketplace_resource_uuid));
}
