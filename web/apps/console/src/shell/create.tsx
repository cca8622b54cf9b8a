// The main object of the page in view: what `C` and the palette make.
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';

export interface CreateAction {
  label: string;
  run: () => void;
}

interface Slot {
  action: CreateAction | null;
  set: (action: CreateAction | null) => void;
}

const CreateContext = createContext<Slot>({ action: null, set: () => undefined });

export function CreateProvider({ children }: { children: ReactNode }) {
  const [action, set] = useState<CreateAction | null>(null);
  const slot = useMemo(() => ({ action, set }), [action]);
  return <CreateContext value={slot}>{children}</CreateContext>;
}

export const useCreateSlot = (): CreateAction | null => use(CreateContext).action;

/** `run` must be stable; the page's action goes away with the page. */
export function useCreateAction(label: string, run: () => void): void {
  const { set } = use(CreateContext);
  useEffect(() => {
    set({ label, run });
    return () => set(null);
  }, [set, label, run]);
}
