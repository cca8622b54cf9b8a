// The frame around every page: skip link, header, the page, toasts, and the overlays that open from anywhere.
import { Spinner, ToastProvider } from '@guildhall/ui';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Announcer } from './announcer';
import { CreateProvider } from './create';
import { Header } from './header';
import { useShortcuts } from './shortcuts';
import { SessionProvider } from './session';

const Palette = lazy(() => import('./palette').then((module) => ({ default: module.Palette })));
const Help = lazy(() => import('./help').then((module) => ({ default: module.Help })));

export type Overlay = 'palette' | 'help' | null;

export function Shell() {
  const { t } = useTranslation();
  return (
    <ToastProvider closeLabel={t('common.close')}>
      <SessionProvider>
        <CreateProvider>
          <Frame />
        </CreateProvider>
      </SessionProvider>
    </ToastProvider>
  );
}

function Frame() {
  const { t } = useTranslation();
  const [overlay, setOverlay] = useState<Overlay>(null);
  const isMoving = useRouterState({ select: (state) => state.status === 'pending' && state.isLoading });
  useShortcuts(setOverlay);
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:start-4 focus:top-3 focus:z-50 focus:rounded-md focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent">
        {t('shell.skip')}
      </a>
      <Header onOpen={setOverlay} />
      {isMoving ? (
        <div className="pointer-events-none fixed end-4 bottom-4 z-30 text-accent gh-skeleton !border-0 !bg-transparent">
          <Spinner />
        </div>
      ) : null}
      <Announcer />
      <main id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {overlay === 'palette' ? <Palette onClose={() => setOverlay(null)} /> : null}
        {overlay === 'help' ? <Help onClose={() => setOverlay(null)} /> : null}
      </Suspense>
    </div>
  );
}
