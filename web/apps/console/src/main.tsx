// The console starts: texts, queries, routes.
import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { startTexts } from './i18n';
import { queries } from './queries';
import { router } from './router';
import './styles.css';

function Console() {
  const { i18n } = useTranslation();
  return (
    <DirectionProvider direction={i18n.language === 'ar' ? 'rtl' : 'ltr'}>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </CSPProvider>
    </DirectionProvider>
  );
}

await startTexts();
const place = document.getElementById('root');
if (!place) throw new Error('the page has no place for the console');
createRoot(place).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
