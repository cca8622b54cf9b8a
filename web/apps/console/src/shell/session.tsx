// Who uses the console, for which organization, and what happens when their session ends under their hands.
import { account, onSessionEnd, type Organization, type Person } from '@guildhall/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, lazy, Suspense, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { organizationsQuery, personQuery } from '../queries';
import { chooseOrganization, chosenOrganization } from './preferences';

const SignInAgain = lazy(() => import('./sign_in_again').then((module) => ({ default: module.SignInAgain })));

interface Session {
  person: Person | null;
  isLoading: boolean;
  organizations: readonly Organization[];
  organization: Organization | null;
  choose: (uuid: string) => void;
  end: () => Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession is for components inside SessionProvider');
  return session;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const person = useQuery(personQuery);
  const isSignedIn = Boolean(person.data);
  const organizations = useQuery({ ...organizationsQuery, enabled: isSignedIn });
  const [chosen, setChosen] = useState(chosenOrganization);
  const [expired, setExpired] = useState(false);
  const waiting = useRef<((again: boolean) => void)[]>([]);

  useEffect(() => {
    if (!isSignedIn) return onSessionEnd(null);
    onSessionEnd(() => {
      setExpired(true);
      return new Promise((resolve) => waiting.current.push(resolve));
    });
    return () => onSessionEnd(null);
  }, [isSignedIn]);

  const settle = useCallback((again: boolean) => {
    setExpired(false);
    for (const resolve of waiting.current.splice(0)) resolve(again);
  }, []);

  const choose = useCallback((uuid: string) => {
    chooseOrganization(uuid);
    setChosen(uuid);
  }, []);

  const end = useCallback(async () => {
    onSessionEnd(null);
    await account.signOut();
    queries.clear();
    queries.setQueryData(personQuery.queryKey, null);
  }, [queries]);

  const rows = isSignedIn ? organizations.data?.rows : undefined;
  const session = useMemo<Session>(() => {
    const known = rows ?? [];
    return { person: person.data ?? null, isLoading: person.isPending, organizations: known, organization: known.find((one) => one.uuid === chosen) ?? known[0] ?? null, choose, end };
  }, [person.data, person.isPending, rows, chosen, choose, end]);

  return (
    <SessionContext value={session}>
      {children}
      {expired && person.data ? (
        <Suspense fallback={null}>
          <SignInAgain username={person.data.username} onDone={settle} />
        </Suspense>
      ) : null}
    </SessionContext>
  );
}
