// The subscriptions of the organization in view.
import type { Access } from '@guildhall/api';
import { useQuery } from '@tanstack/react-query';
import { accessesQuery } from '../queries';
import { useSession } from '../shell/session';

const FINISHED = ['TERMINATED'];

export function useOwnAgents() {
  const { organization } = useSession();
  const found = useQuery(accessesQuery);
  const uuid = organization?.uuid;
  const agents = found.data?.results.filter((access: Access) => access.organization_id.replaceAll('-', '') === uuid && !FINISHED.includes(access.state));
  return { ...found, agents };
}
