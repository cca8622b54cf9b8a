// Says the new page's title to screen readers: without a page load nothing else would.
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

const TITLE_SETTLES_MS = 300;

export function Announcer() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? '' });
  const [said, setSaid] = useState('');
  const last = useRef('');
  useEffect(() => {
    const isFirst = last.current === '';
    last.current = path;
    if (isFirst) return;
    const timer = setTimeout(() => setSaid(document.title), TITLE_SETTLES_MS);
    return () => clearTimeout(timer);
  }, [path]);
  return (
    <p aria-live="assertive" className="sr-only">
      {said}
    </p>
  );
}
