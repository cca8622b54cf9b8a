// The customer's area: the frame of its pages and the lists at its top.
export { AgentFrame } from './agent/frame';
export { AgentsPage } from './agents_page';
export { BillingPage } from './billing_page';
export { HomePage } from './home_page';
export { Workspace } from './workspace';
