// Numbers, money and times in the reader's language. Digits are Latin everywhere, as they are in keys and code.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export interface Format {
  number: (value: number) => string;
  percent: (share: number) => string;
  /** An amount in the currency's units, as a number or a decimal text. */
  money: (amount: number | string, currency: string) => string;
  cents: (cents: number | string, currency: string) => string;
  date: (time: string) => string;
  dateTime: (time: string) => string;
  month: (year: number, month: number) => string;
  relative: (time: string) => string;
  bytes: (bytes: number) => string;
  languageName: (code: string) => string;
}

export function formatFor(language: string, now: () => number = Date.now): Format {
  const locale = `${language}-u-nu-latn`;
  const money = (amount: number | string, currency: string) => {
    const value = Number(amount);
    return new Intl.NumberFormat(locale, { style: 'currency', currency, ...(Number.isInteger(value) ? { maximumFractionDigits: 0 } : {}) }).format(value);
  };
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const month = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  return {
    number: (value) => number.format(value),
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share),
    money,
    cents: (cents, currency) => money(Number(cents) / 100, currency),
    date: (time) => date.format(new Date(time)),
    dateTime: (time) => dateTime.format(new Date(time)),
    month: (year, index) => month.format(Date.UTC(year, index - 1, 1)),
    relative: (time) => {
      const seconds = Math.round((new Date(time).getTime() - now()) / 1000);
      const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
      return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : relative.format(0, 'second');
    },
    bytes: (bytes) => {
      const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
      const step = bytes < 1 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log(bytes) / Math.log(1000)));
      return new Intl.NumberFormat(locale, { style: 'unit', unit: steps[step] ?? 'byte', unitDisplay: 'narrow', maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
    },
    languageName: (code) => {
      try {
        return code && code !== 'und' ? (new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code) : '–';
      } catch {
        return code;
      }
    },
  };
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => formatFor(i18n.language), [i18n.language]);
}
