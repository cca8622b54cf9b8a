// Calls by day. Drawn again when size, theme or language changes; the page offers the same numbers as a table.
import type { UsageDay } from '@guildhall/api';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 260;

/** Every day of a month, those without calls too. */
export function daysOf(period: string, days: readonly UsageDay[]): { times: number[]; calls: number[] } {
  const [from = '', to = ''] = period.split(' to ');
  const first = Date.parse(`${from}T00:00:00Z`);
  const last = Date.parse(`${to}T00:00:00Z`);
  const byDate = new Map(days.map((day) => [day.date, day.api_calls]));
  const times: number[] = [];
  const calls: number[] = [];
  for (let at = first; at <= last; at += 86_400_000) {
    times.push(at / 1000);
    calls.push(byDate.get(new Date(at).toISOString().slice(0, 10)) ?? 0);
  }
  return { times, calls };
}

export function UsageChart({ period, days, summary }: { period: string; days: readonly UsageDay[]; summary: string }) {
  const { i18n } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    let plot: uPlot | null = null;
    const draw = () => {
      plot?.destroy();
      const probe = getComputedStyle(host);
      const { times, calls } = daysOf(period, days);
      const bars = uPlot.paths.bars?.({ size: [0.6, 40], radius: 0.2 });
      const grid = { stroke: probe.borderTopColor, width: 1 };
      const day = new Intl.DateTimeFormat(`${i18n.language}-u-nu-latn`, { day: 'numeric', month: 'short', timeZone: 'UTC' });
      plot = new uPlot(
        {
          width: Math.max(host.clientWidth, 240),
          height: HEIGHT,
          legend: { show: false },
          cursor: { show: false },
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
          scales: { y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] } },
          axes: [
            { stroke: probe.color, grid: { show: false }, ticks: grid, font: `12px ${probe.fontFamily}`, values: (_plot, ticks) => ticks.map((tick) => day.format(tick * 1000)) },
            { stroke: probe.color, grid, ticks: { show: false }, font: `12px ${probe.fontFamily}`, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000] },
          ],
          series: [{}, { fill: probe.outlineColor, ...(bars ? { paths: bars } : {}), points: { show: false } }],
        },
        [times, calls],
        host,
      );
    };
    draw();
    const sizes = new ResizeObserver(() => plot?.setSize({ width: Math.max(host.clientWidth, 240), height: HEIGHT }));
    sizes.observe(host);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
      themes.disconnect();
      sizes.disconnect();
      plot?.destroy();
    };
  }, [period, days, i18n.language]);
  return <div ref={place} role="img" aria-label={summary} dir="ltr" className="gh-chart h-65 border-line text-ink-soft outline-accent" />;
}
