// Keys that work everywhere. Single letters stay out of inputs and dialogs, and can be switched off.
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useCreateSlot } from './create';
import { lettersAreOn } from './preferences';
import { useSession } from './session';
import type { Overlay } from './layout';

const SEQUENCE_MS = 1200;

export const places = { m: '/marketplace', h: '/console', a: '/console/agents', b: '/console/billing' } as const;
const isPlace = (key: string): key is keyof typeof places => key in places;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role=dialog],[role=menu]') !== null);
}

export function useShortcuts(open: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  const create = useCreateSlot();
  const { person } = useSession();
  const wentAt = useRef(0);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return open('palette');
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !lettersAreOn()) return;
      const key = event.key.toLowerCase();
      if (Date.now() - wentAt.current < SEQUENCE_MS) {
        wentAt.current = 0;
        if (isPlace(key) && (person || key === 'm')) void navigate({ to: places[key] });
        return;
      }
      if (key === 'g') wentAt.current = Date.now();
      else if (key === '?') open('help');
      else if (key === '/') {
        event.preventDefault();
        open('palette');
      } else if (key === 'c' && create) {
        event.preventDefault();
        create.run();
      }
    }
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [navigate, open, create, person]);
}
